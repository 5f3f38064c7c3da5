/* Before the first paint: the theme that the reader chose, if they did. Loaded in the head, so that nothing flashes. */
(() => {
  const chosen = localStorage.getItem("gateway-theme");
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset.theme = chosen;
  }
  document.documentElement.classList.add("scripted");
})();
