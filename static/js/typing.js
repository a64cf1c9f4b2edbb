// Lets the page's next question say that somebody types here: the field named by data-says holds "1" for a
// few seconds after each letter. Without it nobody is told, and nothing else changes.
const LASTS = 5000;

export default function typing(element) {
  const says = document.getElementById(element.dataset.says);
  let timer = 0;

  function stop() {
    says.value = "";
  }

  element.addEventListener("input", (event) => {
    if (!event.target.matches("textarea")) return;
    if (!says.value) document.getElementById("talk")?.dispatchEvent(new Event("poll:soon"));
    says.value = "1";
    clearTimeout(timer);
    timer = setTimeout(stop, LASTS);
  });
  element.addEventListener("submit", stop);
}
