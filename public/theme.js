// Before the first paint, so that a reader's chosen theme never flashes. web/store/prefs.ts keeps it.
try {
  const theme = localStorage.getItem("snplay.page.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme holds.
}
