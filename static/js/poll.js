// Asks htmx to fetch again (hx-trigger="poll"): every 2 s while the page is seen, slower (to 15 s) while
// nothing changes. An unchanged answer is not put in, so focus and reading place stay. Each question says that
// nobody pressed anything (X-Poll): a page that lies open does not keep somebody signed in.
const SOON = 2000;
const LATE = 15000;

// Which notice of layouts/_toasts.html says why nothing comes any more.
const ENDS = { 401: "signed-out", 403: "not-shown", 404: "not-shown", 410: "not-shown" };

// The page stays as it is, for somebody may have typed here; it only says that nothing comes any more.
function tell(end) {
  const words = document.getElementById(end);
  const notice = words?.content.firstElementChild.cloneNode(true);
  if (!notice) return;
  words.remove();
  notice.querySelector("[data-reload]")?.addEventListener("click", () => location.reload());
  notice.querySelector("[data-close]").addEventListener("click", () => notice.remove());
  document.querySelector(".toasts").append(notice);
}

export default function poll(element) {
  let wait = SOON;
  let last = null;

  element.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt === element) event.detail.headers["X-Poll"] = "1";
  });
  element.addEventListener("htmx:responseError", (event) => {
    const end = ENDS[event.detail.xhr.status];
    if (event.detail.elt !== element || !end) return;
    element.dataset.poll = "done";
    tell(end);
  });

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
