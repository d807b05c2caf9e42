// What only the browser knows: the theme. Streamlit keeps the choice under this key and reads it when the page opens;
// it has no call for it (streamlit/streamlit#5908), so the page is opened anew.
const KEY = `stActiveTheme-${location.pathname}-v2`;
const THEMES = ['System', 'Light', 'Dark'];

const kept = () => {
  try { return JSON.parse(localStorage.getItem(KEY)); } catch { return null; }
};

export default function ({ data, setTriggerValue }) {
  const theme = THEMES.includes(kept()) ? kept() : 'System';
  if (data.chosen && THEMES.includes(data.chosen) && data.chosen !== theme) {
    localStorage.setItem(KEY, JSON.stringify(data.chosen));
    location.reload();
  } else if (!data.chosen && theme !== data.known) {
    setTriggerValue('theme', theme);
  }
}
