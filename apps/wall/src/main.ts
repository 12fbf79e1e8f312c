import './themes/fonts.css';
import './themes/tokens.css';
import './themes/show.css';
import './themes/decoration.css';
import './themes/modes.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { showKeptPicture } from './endurance/lastPicture.js';
import { i18n } from './locales/index.js';
import { router } from './router.js';

// before anything else is drawn: a reload must not show an empty screen
showKeptPicture();
createApp(App).use(createPinia()).use(i18n).use(router).mount('#wall');
