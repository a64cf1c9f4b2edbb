// Asks htmx to fetch again (hx-trigger="poll"): every 2 s while the page is seen, slower (to 15 s) while
// nothing changes. An unchanged answer is not put in, so focus and reading place stay.
const SOON = 2000;
const LATE = 15000;

export default function poll(element) {
  let wait = SOON;
  let last = null;

  element.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== element) return;
    const text = event.detail.xhr.responseText;
    event.detail.shouldSwap &&= text !== last;
    wait = text === last ? Math.min(wait * 1.4, LATE) : SOON;
    last = text;
  });

  let timer = 0;

  function ask() {
    if (!element.isConnected || element.dataset.poll === "done") return;
    if (document.visibilityState === "visible") window.htmx?.trigger(element, "poll");
    timer = setTimeout(ask, wait);
  }

  // Something happens here just now: ask at once, and often again.
  element.addEventListener("poll:soon", () => {
    wait = SOON;
    clearTimeout(timer);
    ask();
  });
  document.addEventListener("visibilitychange", () => {
    wait = SOON;
  });
  timer = setTimeout(ask, wait);
}
