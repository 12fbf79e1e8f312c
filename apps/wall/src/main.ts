import './themes/fonts.css';
import './themes/tokens.css';
import './themes/show.css';
import './themes/modes.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n } from './locales/index.js';
import { router } from './router.js';

createApp(App).use(createPinia()).use(i18n).use(router).mount('#wall');
