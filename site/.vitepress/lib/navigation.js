/** Every page of the site, once, in the order in which one would read it. */
export const sidebar = [
  {
    text: 'Begin',
    items: [
      { text: 'Quick start', link: '/start' },
      { text: 'Tutorial', link: '/docs/tutorial' },
      { text: 'Questions', link: '/docs/faq' },
    ],
  },
  {
    text: 'Understand',
    items: [
      { text: 'Which theory when', link: '/docs/validity' },
      { text: 'The equations', link: '/docs/theory' },
      { text: 'Words and symbols', link: '/docs/glossary' },
      { text: 'Gallery', link: '/gallery' },
      { text: 'Figures, one by one', link: '/docs/figures' },
    ],
  },
  {
    text: 'Use',
    items: [
      { text: 'Problem files', link: '/docs/problem-file' },
      { text: 'Python and Jupyter', link: '/docs/python' },
      { text: 'Sweeps and clusters', link: '/docs/sweeps' },
      { text: 'What a task costs', link: '/docs/scaling' },
      { text: 'Benchmarks', link: '/bench/README' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Command line', link: '/command-line' },
      { text: 'JavaScript', link: '/javascript' },
      { text: 'Python', link: '/python-reference' },
      { text: 'Architecture', link: '/docs/architecture' },
    ],
  },
  {
    text: 'About',
    items: [
      { text: 'How to cite', link: '/cite' },
      { text: 'Changelog', link: '/CHANGELOG' },
    ],
  },
];

/** The bar at the top. */
export const nav = (version) => [
  { text: 'Start', link: '/start' },
  { text: 'Tutorial', link: '/docs/tutorial' },
  { text: 'Which theory', link: '/docs/validity' },
  { text: 'Gallery', link: '/gallery' },
  { text: 'Reference', link: '/javascript' },
  { text: `v${version}`, link: '/CHANGELOG' },
];
