import DefaultTheme from 'vitepress/theme';
import CiteThis from './CiteThis.vue';
import FigureGallery from './FigureGallery.vue';
import HomeExplorer from './HomeExplorer.vue';
import HomeFeatures from './HomeFeatures.vue';
import LiveFigure from './LiveFigure.vue';
import ReferenceCard from './ReferenceCard.vue';
import './style.css';

const components = { CiteThis, FigureGallery, HomeExplorer, HomeFeatures, LiveFigure, ReferenceCard };

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    for (const [name, component] of Object.entries(components)) app.component(name, component);
  },
};
