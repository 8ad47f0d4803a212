/* Small comforts of a page; every one of them has a way without script. */
"use strict";
(() => {
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  /* the summary of errors takes the focus */
  const first = document.querySelector("[data-focus]");
  if (first) first.focus();

  /* what was looked for stands chosen in the box: the next name typed, or the next card, takes its place */
  each("input[type=search][autofocus]", (box) => box.select());

  /* filters act when chosen; the button stays for those without script */
  each("form[data-autosubmit]", (form) => {
    form.addEventListener("change", (event) => { if (event.target.tagName === "SELECT") form.requestSubmit(); });
  });

  /* the box empty and ready, as a card reader types into it */
  each("[data-card]", (button) => button.addEventListener("click", () => {
    const box = button.form.querySelector("input[type=search]");
    box.value = "";
    box.focus();
  }));

  /* one-press repair of a field */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const target = document.getElementById(button.dataset.fill);
    if (target) { target.value = button.dataset.value; target.focus(); }
  });

  /* selection: count and sum of the chosen rows */
  each("form[data-choose]", (form) => {
    const boxes = [...form.querySelectorAll("[data-row] input[type=checkbox]:not([disabled])")];
    const all = form.querySelector("[data-all]");
    const bar = form.querySelector("[data-chosen]");
    const tell = () => {
      const chosen = boxes.filter((box) => box.checked);
      const fen = chosen.reduce((sum, box) => sum + Number(box.dataset.fen || 0), 0);
      boxes.forEach((box) => box.closest("[data-row]").classList.toggle("chosen", box.checked));
      if (all) { all.checked = chosen.length > 0 && chosen.length === boxes.length; all.indeterminate = chosen.length > 0 && !all.checked; }
      if (!bar) return;
      bar.hidden = chosen.length === 0;
      bar.querySelectorAll("[data-n]").forEach((node) => { node.textContent = String(chosen.length); });
      bar.querySelectorAll("[data-sum]").forEach((node) => {
        node.textContent = (fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
      });
    };
    form.addEventListener("change", (event) => {
      if (all && event.target === all) boxes.forEach((box) => { box.checked = all.checked; });
      tell();
    });
    form.addEventListener("click", (event) => {
      if (!event.target.closest("[data-none]")) return;
      boxes.forEach((box) => { box.checked = false; });
      tell();
    });
    tell();
  });

  /* on a telephone a table that is wider than the window becomes cards, each value after its column's name;
     without script it is moved sideways in its frame */
  const phone = window.matchMedia("(max-width: 600px)");
  const fold = () => {
    if (!phone.matches) return;
    each("main table:not(.compact, .compared, .members, .hits)", (table) => {
      if (!table.tHead || table.scrollWidth <= table.parentElement.clientWidth) return;
      const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
      [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => row.cells.length === names.length)
        .forEach((row) => [...row.cells].forEach((cell, at) => {
          if (names[at] && at && !cell.dataset.th && !cell.querySelector("[data-open]")) cell.dataset.th = names[at];
        }));
      table.classList.add("narrow-cards");
    });
  };
  fold();
  phone.addEventListener("change", fold);

  /* papers: drop a photograph, or pick it; see it before it is sent */
  each("[data-drop]", (zone) => {
    const input = zone.querySelector("input[type=file]");
    const shown = zone.querySelector("[data-previews]");
    const preview = () => {
      if (!shown) return;
      shown.replaceChildren(...[...input.files].map((file) => {
        const figure = document.createElement("figure");
        if (file.type.startsWith("image/")) {
          const picture = document.createElement("img");
          picture.src = URL.createObjectURL(file);
          picture.alt = file.name;
          picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
          figure.append(picture);
        }
        const words = document.createElement("figcaption");
        words.textContent = file.name;
        figure.append(words);
        return figure;
      }));
    };
    ["dragover", "dragleave", "drop"].forEach((name) => zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", name === "dragover");
    }));
    zone.addEventListener("drop", (event) => { input.files = event.dataTransfer.files; preview(); });
    input.addEventListener("change", preview);
    /* picked: the button that keeps it is next, so that Enter adds it */
    input.addEventListener("change", () => {
      const keeps = zone.querySelector("button[value=scanned]");
      if (keeps && input.files.length) keeps.focus();
    });
  });

  /* a number that was shown goes back under its mask */
  const hide = (root) => root.querySelectorAll("[data-shown-seconds]").forEach((node) => {
    if (node.dataset.timed) return;
    node.dataset.timed = "yes";
    window.setTimeout(() => { node.querySelector("[data-number]").textContent = node.dataset.mask; node.classList.remove("shown"); },
      1000 * Number(node.dataset.shownSeconds));
  });
  hide(document);
  document.addEventListener("htmx:load", (event) => hide(event.target));

  /* toasts leave by themselves; those with a way back stay longer */
  each("[data-toast]", (toast) => window.setTimeout(() => toast.remove(), toast.querySelector("form") ? 15000 : 7000));

  /* the network */
  const network = document.querySelector("[data-offline]");
  const tellNetwork = () => { if (network) network.hidden = navigator.onLine; };
  window.addEventListener("online", tellNetwork);
  window.addEventListener("offline", tellNetwork);

  each("[data-print]", (button) => button.addEventListener("click", () => window.print()));
})();
