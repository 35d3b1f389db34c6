// Runs before the page is drawn, so that nobody who asked for a dark screen sees a white one first.
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => {
  document.documentElement.dataset.bsTheme = dark.matches ? 'dark' : 'light';
};
follow();
dark.addEventListener('change', follow);
