// The <html> element's module: what every page has. Dropdowns close on Esc and on a press outside.
const OPEN = "details.dropdown[open]";

function closeOutside(event) {
  for (const dropdown of document.querySelectorAll(OPEN)) {
    if (!dropdown.contains(event.target)) dropdown.open = false;
  }
}

function closeOnEscape(event) {
  if (event.key !== "Escape") return;
  for (const dropdown of document.querySelectorAll(OPEN)) {
    const heldFocus = dropdown.contains(document.activeElement);
    dropdown.open = false;
    if (heldFocus) dropdown.querySelector("summary").focus();
  }
}

// Where a row of links is wider than the screen, the current one stands in its middle.
function showCurrent() {
  for (const link of document.querySelectorAll(":is(.tabs, .desk-nav) > [aria-current]")) {
    const row = link.parentElement;
    const [outer, inner] = [row.getBoundingClientRect(), link.getBoundingClientRect()];
    row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }
}

export default function shell() {
  showCurrent();
  document.addEventListener("pointerdown", closeOutside);
  document.addEventListener("focusin", closeOutside);
  document.addEventListener("keydown", closeOnEscape);
}
