/* The tree of places in the offer editor: a filter by name, and counts beside the branches. Without this script the tree
   is a list of boxes that opens and closes; everything can be chosen all the same. */
(() => {
  "use strict";
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  for (const picker of document.querySelectorAll("[data-places]")) {
    const branches = [...picker.querySelectorAll("details")];
    const filter = picker.querySelector("[data-place-filter]");
    const words = picker.querySelector("[data-place-words]");
    const found = picker.querySelector("[data-place-found]");
    let before = null;

    const count = () => {
      for (const branch of branches) {
        const own = branch.querySelector("[data-place]");
        const ticked = [...branch.querySelectorAll("input:checked")].filter((box) => !own.contains(box)).length;
        branch.querySelector("[data-place-count]").textContent = ticked ? String(ticked) : "";
      }
    };

    // Taking in and leaving out exclude each other.
    picker.addEventListener("change", (event) => {
      const box = event.target;
      if (box.type !== "checkbox") return;
      const row = box.closest("[data-place]");
      if (box.checked) {
        for (const other of row.querySelectorAll("input")) if (other !== box) other.checked = false;
      }
      count();
    });

    // A row stays when its own name, or that of a region above it, holds the words.
    const show = (item, wanted, above) => {
      const branch = item.querySelector(":scope > details");
      const name = branch ? branch.querySelector("summary") : item;
      const label = branch ? name.firstChild.textContent : item.querySelector("label").textContent;
      const fits = above || plain(label).includes(wanted);
      let shown = fits ? 1 : 0;
      if (branch) {
        let below = 0;
        for (const child of branch.querySelectorAll(":scope > .places > li")) below += show(child, wanted, fits);
        branch.open = below > 0 && !above;
        shown = Math.max(shown, below);
        item.hidden = !shown;
        return below;
      }
      item.hidden = !shown;
      return shown;
    };

    const search = () => {
      const wanted = plain(words.value.trim());
      if (wanted && !before) before = branches.map((branch) => branch.open);
      const items = [...picker.querySelectorAll(":scope > .places > li")];
      if (!wanted) {
        for (const item of picker.querySelectorAll("li")) item.hidden = false;
        if (before) branches.forEach((branch, place) => { branch.open = before[place]; });
        before = null;
        found.textContent = "";
        return;
      }
      const total = items.reduce((sum, item) => sum + show(item, wanted, false), 0);
      found.textContent = total ? String(total) : found.dataset.none;
    };

    words.addEventListener("input", search);
    // Enter looks; it must not send the form.
    words.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    // The words are no part of the offer.
    words.removeAttribute("name");
    filter.hidden = false;
    count();
  }
})();
