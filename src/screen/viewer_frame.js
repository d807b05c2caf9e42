// What the viewer is made of, and what its controls are called. The first part of the viewer's one module: Streamlit is
// given viewer_frame.js, viewer_words.js, viewer_find.js, viewer_room.js, viewer_pages.js and viewer.js as one.
const PATHS = {
  left: 'M15 6l-6 6 6 6', right: 'M9 6l6 6-6 6', less: 'M5 12h14', more: 'M5 12h14M12 5v14', close: 'M6 6l12 12M18 6L6 18',
  open: 'M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5',
  save: 'M12 4v11M7 11l5 5 5-5M5 20h14', find: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L20 20',
  contents: 'M5 6h2M5 12h2M5 18h2M10 6h9M10 12h9M10 18h9', page: 'M6 3.5h12v17H6zM9 12h6M9 12l2-2M9 12l2 2M15 12l-2-2M15 12l-2 2',
  full: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
};

const filled = (template, values) => template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const icon = name => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
const button = (name, drawing) => `<button type="button" data-do="${name}">${drawing}</button>`;
const FRAME = `
  <header class="fn-sheet-head">
    <div class="fn-sheet"><b dir="auto"></b><span></span></div>
    <div class="fn-group fn-sources" role="group">${button('source-back', icon('left'))}<span></span>${button('source-on', icon('right'))}</div>
    ${button('close', icon('close'))}
  </header>
  <div class="fn-tools">
    <div class="fn-group" role="group">${button('contents', icon('contents'))}${button('page-back', icon('left'))}<input type="text" inputmode="numeric" autocomplete="off" maxlength="5">${button('page-on', icon('right'))}</div>
    <div class="fn-group" role="group">${button('zoom-out', icon('less'))}${button('zoom-fit', '')}${button('zoom-in', icon('more'))}${button('zoom-page', icon('page'))}</div>
    <div class="fn-group">${button('find', icon('find'))}${button('full', icon('full'))}<a data-do="open" target="_blank" rel="noopener">${icon('open')}</a><a data-do="save">${icon('save')}</a></div>
  </div>
  <div class="fn-find" role="search" hidden><input type="search" autocomplete="off" maxlength="200"><output></output>
    <div class="fn-group">${button('find-back', icon('left'))}${button('find-on', icon('right'))}${button('find-close', icon('close'))}</div></div>
  <div class="fn-body">
    <nav class="fn-contents" hidden></nav>
    <div class="fn-scroll" tabindex="0" role="region"><div class="fn-pages"></div></div>
    <div class="fn-offer" hidden>${button('ask', '')}${button('quote', '')}</div>
  </div>
  <div class="fn-divider" role="separator" aria-orientation="vertical" tabindex="0" aria-valuemin="30" aria-valuemax="70"></div>`;

const nameControls = viewer => { // in the person's language
  const words = viewer.data.words;
  const named = {
    'source-back': words.source_back, 'source-on': words.source_on, 'page-back': words.page_back, 'page-on': words.page_on,
    'zoom-out': words.zoom_out, 'zoom-in': words.zoom_in, 'zoom-fit': words.zoom_fit, open: words.open, save: words.save,
    close: words.close, contents: words.contents, 'zoom-page': words.zoom_page, find: words.find, full: words.full,
    'find-back': words.find_back, 'find-on': words.find_on, 'find-close': words.find_close,
  };
  for (const [what, name] of Object.entries(named)) {
    const control = viewer.control(what);
    control.ariaLabel = control.title = name;
  }
  const named_by_words = { ask: words.ask, quote: words.quote };
  for (const [what, name] of Object.entries(named_by_words)) viewer.control(what).textContent = name;
  viewer.find.box.ariaLabel = viewer.find.box.placeholder = words.find_words;
  viewer.contents.nav.ariaLabel = words.contents;
  viewer.divider.bar.ariaLabel = viewer.divider.bar.title = words.divider;
  const alone = !!viewer.data.pictures; // nothing can be asked for by address
  viewer.control('find').hidden = viewer.control('contents').hidden = alone;
  viewer.control('full').hidden = !document.fullscreenEnabled;
  const [sources, pages, zoom] = viewer.room.querySelectorAll('[role="group"]');
  sources.ariaLabel = words.sources; pages.ariaLabel = words.pages; zoom.ariaLabel = words.zoom;
  viewer.number.ariaLabel = words.page_number;
  viewer.room.ariaLabel = viewer.drawer.ariaLabel = words.viewer;
  viewer.scroll.ariaLabel = words.sheet;
};

