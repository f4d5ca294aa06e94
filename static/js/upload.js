/* Uploads of forms marked data-upload="#target": drop files, see which are chosen, watch the progress.

   Without this file the form is a plain one. With it, the form is sent by XMLHttpRequest, which alone tells how much has
   left; the answer is the part of the page that belongs into the target. Files that were refused can be chosen anew,
   and when nothing arrived they are still chosen. */
(() => {
  "use strict";
  const formOf = (element) => (element.closest ? element.closest("form[data-upload]") : null);
  const inputOf = (form) => form.querySelector("input[type=file]");
  const megabyte = 1024 * 1024;

  const list = (form) => {
    const zone = form.querySelector("[data-dropzone]");
    const shown = form.querySelector("[data-chosen]");
    if (!zone || !shown) return;
    shown.replaceChildren();
    for (const file of inputOf(form).files) {
      const line = document.createElement("li");
      const name = document.createElement("bdi");
      name.textContent = file.name;
      line.append(name, ` ${(file.size / megabyte).toFixed(1)} MB`);
      if (file.size > Number(zone.dataset.maxBytes) * megabyte) {
        line.classList.add("is-refused");
        line.append(` · ${zone.dataset.tooLarge}`);
      }
      shown.append(line);
    }
  };

  const tell = (form, key, percent) => {
    const box = form.querySelector("[data-progress]");
    if (!box) return;
    box.hidden = false;
    const label = box.querySelector("[data-progress-label]");
    if (label.textContent !== label.dataset[key]) label.textContent = label.dataset[key];
    if (percent !== null) {
      box.querySelector("progress").value = percent;
      box.querySelector("[data-percent]").textContent = `${percent}\u00a0%`;
    }
  };

  const finish = (form, request) => {
    const target = document.querySelector(form.dataset.upload);
    if (!target || ![200, 409, 422].includes(request.status)) return tell(form, "failed", null);
    const inside = form.contains(target);
    target.innerHTML = request.responseText;
    if (window.htmx) htmx.process(target);
    if (inside) {
      form.querySelector("[data-progress]").hidden = true;
      if (target.querySelector(".upload-results")) {
        inputOf(form).value = "";
        list(form);
      }
    }
    prepare(target);
    target.setAttribute("tabindex", "-1");
    target.focus();
  };

  const send = (form) => {
    const request = new XMLHttpRequest();
    const buttons = form.querySelectorAll("button[type=submit]");
    for (const button of buttons) button.disabled = true;
    request.open("POST", form.getAttribute("action") || window.location.href);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) tell(form, "sending", Math.round((100 * event.loaded) / event.total));
    });
    request.upload.addEventListener("load", () => tell(form, "checking", 100));
    request.addEventListener("loadend", () => {
      for (const button of buttons) button.disabled = false;
      finish(form, request);
    });
    tell(form, "sending", 0);
    request.send(new FormData(form));
  };

  const prepare = (root) => {
    for (const hint of root.querySelectorAll("form[data-upload] [data-drop-hint]")) hint.hidden = false;
    for (const input of root.querySelectorAll("form[data-upload] input[type=file]")) input.multiple = true;
  };

  document.addEventListener("change", (event) => {
    const form = formOf(event.target);
    if (form && event.target.type === "file") list(form);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-upload]")) return;
    event.preventDefault();
    send(event.target);
  });

  const zoneOf = (event) => (event.target.closest ? event.target.closest("form[data-upload] [data-dropzone]") : null);
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const zone = zoneOf(event);
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("is-over", name === "dragover");
      if (name !== "drop" || !event.dataTransfer.files.length) return;
      const form = formOf(zone);
      inputOf(form).files = event.dataTransfer.files;
      list(form);
    });
  }

  document.addEventListener("htmx:load", (event) => prepare(event.target.parentElement || document));
  prepare(document);
})();
