/* Buttons marked data-copy="id of a text field" put its text on the clipboard. They come hidden: without this script the
   field is copied by hand. Over plain http there is no clipboard to write to; the older way is tried, and where that is
   refused too, the text stays selected for the person to copy. */
(() => {
  "use strict";
  const selectAndCopy = (field) => {
    field.focus();
    field.select();
    return document.execCommand("copy");
  };

  const copy = async (field) => {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      return selectAndCopy(field);
    }
  };

  for (const button of document.querySelectorAll("[data-copy]")) {
    const said = document.querySelector(`[data-copied-of="${CSS.escape(button.dataset.copy)}"]`);
    button.addEventListener("click", async () => {
      const copied = await copy(document.getElementById(button.dataset.copy));
      // Emptied first: a screen reader says nothing of a text that stays the same.
      said.textContent = "";
      requestAnimationFrame(() => { said.textContent = copied ? said.dataset.copied : said.dataset.selected; });
    });
    button.hidden = false;
  }
})();
