import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';

const routes: RouteRecordRaw[] = [
  { path: '/', component: () => import('./pages/chooser/ChooserPage.vue') },
  { path: '/login', component: () => import('./pages/chooser/LoginPage.vue') },
  { path: '/display', component: () => import('./pages/display/DisplayPage.vue') },
  {
    path: '/console',
    component: () => import('./pages/console/ConsolePage.vue'),
    redirect: '/console/alarms',
    children: [
      { path: 'alarms', component: () => import('./pages/console/AlarmsPage.vue') },
      { path: 'feeds', component: () => import('./pages/console/FeedsPage.vue') },
      { path: 'history', component: () => import('./pages/console/HistoryPage.vue') },
      { path: 'handover', component: () => import('./pages/console/HandoverPage.vue') },
      { path: 'accounts', component: () => import('./pages/console/AccountsPage.vue') },
      { path: 'audit', component: () => import('./pages/console/AuditPage.vue') },
      { path: 'notifications', component: () => import('./pages/console/NotificationsPage.vue') },
      { path: 'me', component: () => import('./pages/console/MePage.vue') },
      { path: 'simulator', component: () => import('./pages/console/SimulatorPage.vue') },
      { path: 'displays', component: () => import('./pages/console/DisplaysPage.vue') },
    ],
  },
];

// every panel in every state, against seeded data: for work on the wall itself, not part of a release
if (import.meta.env.DEV || import.meta.env.MODE === 'preview') {
  routes.push({ path: '/preview', component: () => import('./pages/preview/PreviewPage.vue') });
}

routes.push({ path: '/:rest(.*)*', redirect: '/' });

export const router = createRouter({ history: createWebHistory(), routes });
