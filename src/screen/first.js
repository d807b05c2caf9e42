// The first script of the page, before Streamlit's: a file that is dropped while the rest is still coming is held for the
// page's own script (footnote.js), which takes over. Without it the browser would leave the page and open the file.
(() => {
  const held = { files: [], entries: [] }, carriesFiles = event => event.dataTransfer?.types?.includes('Files');
  const over = event => { if (carriesFiles(event)) event.preventDefault(); };
  const drop = event => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    held.files.push(...event.dataTransfer.files);
    held.entries.push(...[...event.dataTransfer.items].map(item => item.webkitGetAsEntry()).filter(Boolean));
  };
  document.addEventListener('dragover', over, true);
  document.addEventListener('drop', drop, true);
  window.footnoteHeld = () => {
    document.removeEventListener('dragover', over, true);
    document.removeEventListener('drop', drop, true);
    return held;
  };
})();
