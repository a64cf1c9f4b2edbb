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

export default function shell() {
  document.addEventListener("pointerdown", closeOutside);
  document.addEventListener("focusin", closeOutside);
  document.addEventListener("keydown", closeOnEscape);
}
