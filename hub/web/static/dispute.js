// The page of a dispute: where the picture is wider than its place it opens at now
// and the lanes keep their names in sight; printing opens what is folded.
(function () {
  "use strict";
  document.querySelectorAll("[data-lanes]").forEach(function (wrap) {
    var now = wrap.querySelector("#ln-now");
    if (!now || wrap.scrollWidth <= wrap.clientWidth) { return; }
    wrap.style.direction = "ltr";
    var at = now.getBoundingClientRect().left - wrap.getBoundingClientRect().left + wrap.scrollLeft;
    wrap.scrollLeft = at - wrap.clientWidth * 0.7;
    var names = wrap.querySelector(".names"), svg = wrap.querySelector("svg");
    var follow = function () {
      var by = wrap.scrollLeft * svg.viewBox.baseVal.width / svg.clientWidth;
      names.setAttribute("transform", "translate(" + by + " 0)");
      names.classList.toggle("is-out", by > 0);
    };
    wrap.addEventListener("scroll", follow, { passive: true });
    follow();
  });
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.filter.call(document.querySelectorAll("details"), function (d) { return !d.open; });
    opened.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (d) { d.open = false; }); });
})();
