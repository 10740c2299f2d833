import { inBrowser, type Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';

/** The default theme without its fonts; the first page gets the landmark that the others have. */
const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ router }) {
    if (!inBrowser) return;
    router.onAfterRouteChange = () => {
      requestAnimationFrame(() => {
        const content = document.getElementById('VPContent');
        if (content?.classList.contains('is-home')) content.setAttribute('role', 'main');
        else content?.removeAttribute('role');
      });
    };
  },
};
export default theme;
