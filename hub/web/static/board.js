// The board and the lists like it beyond links and forms: picking rows for one urge, and keys. Without script the boxes
// and the buttons work as they are.
(function () {
  "use strict";
  var list = document.getElementById("over");
  var all = document.querySelector("[data-pick-all]");
  var button = document.querySelector("[data-picked]");
  var keys = document.querySelector("[data-row-keys]");
  var at = "";   // the key of the row the cursor is on
  function rows() { return Array.prototype.slice.call(document.querySelectorAll("#over tr[data-key]")); }
  function box(row) { return row && row.querySelector(".pick input:not([disabled])"); }
  function boxes() { return rows().map(box).filter(Boolean); }

  function told() {
    rows().forEach(function (row) {
      var own = box(row);
      row.classList.toggle("is-picked", Boolean(own && own.checked));
      row.classList.toggle("is-here", row.dataset.key === at);
    });
    if (!all || !button) { return; }
    var mine = boxes(), picked = mine.filter(function (b) { return b.checked; }), whole = all.querySelector("input");
    button.disabled = !picked.length;
    button.textContent = picked.length ? button.dataset.picked + " (" + picked.length + ")" : button.dataset.none;
    whole.checked = picked.length > 0 && picked.length === mine.length;
    whole.indeterminate = picked.length > 0 && picked.length < mine.length;
  }
  function stand(row) {
    if (!row) { return; }
    at = row.dataset.key;
    told();
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  function here() { return rows().filter(function (row) { return row.dataset.key === at; })[0]; }

  if (all && button) {
    all.hidden = false;
    all.querySelector("input").addEventListener("change", function (event) {
      boxes().forEach(function (b) { b.checked = event.target.checked; });
      told();
    });
  }
  if (keys && list) { keys.hidden = false; }
  document.addEventListener("change", function (event) { if (event.target.closest("#over .pick")) { told(); } });
  document.addEventListener("live:swapped", told);
  document.addEventListener("keydown", function (event) {
    var target = event.target;
    var typing = /^(SELECT|TEXTAREA)$/.test(target.tagName) || (target.tagName === "INPUT" && target.type !== "checkbox");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    var known = rows(), n = known.indexOf(here()), key = event.key.toLowerCase();
    if (!known.length) { return; }
    if (key === "j" || key === "k") {
      stand(known[n < 0 ? 0 : Math.max(0, Math.min(known.length - 1, n + (key === "j" ? 1 : -1)))]);
    } else if (key === "x" && here()) {
      var own = box(here());
      if (own) { own.checked = !own.checked; told(); }
    } else if (event.key === "Enter" && here() && (target === here() || target === document.body)) {
      var link = here().querySelector(".case a");
      if (link) { link.click(); }
    } else { return; }
    event.preventDefault();
  });
  told();
})();
