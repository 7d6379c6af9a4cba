// The board beyond links and forms: picking rows for one urge. Without script the boxes and the button work as they are.
(function () {
  "use strict";
  var all = document.querySelector("[data-pick-all]");
  var button = document.querySelector("[data-picked]");
  if (!all || !button) { return; }
  var box = all.querySelector("input");
  all.hidden = false;
  function boxes() { return Array.prototype.slice.call(document.querySelectorAll("#over .pick input:not([disabled])")); }
  function told() {
    var mine = boxes(), picked = mine.filter(function (b) { return b.checked; });
    Array.prototype.forEach.call(document.querySelectorAll("#over tr"), function (row) {
      var own = row.querySelector(".pick input");
      row.classList.toggle("is-picked", Boolean(own && own.checked));
    });
    button.disabled = !picked.length;
    button.textContent = picked.length ? button.dataset.picked + " (" + picked.length + ")" : button.dataset.none;
    box.checked = picked.length > 0 && picked.length === mine.length;
    box.indeterminate = picked.length > 0 && picked.length < mine.length;
  }
  box.addEventListener("change", function () { boxes().forEach(function (b) { b.checked = box.checked; }); told(); });
  document.addEventListener("change", function (event) { if (event.target.closest("#over .pick")) { told(); } });
  document.addEventListener("live:swapped", told);
  told();
})();
