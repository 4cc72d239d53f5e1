// Plain ES3 so that Internet Explorer and 兼容模式 can run it: shows the notice when the product cannot start here.
(function () {
  var root = document.documentElement;
  function tell() {
    if (root.className.indexOf("old-browser") < 0) root.className += " old-browser";
  }
  var able =
    typeof window.Promise === "function" &&
    typeof window.Promise.allSettled === "function" &&
    typeof window.WebSocket === "function" &&
    typeof window.ResizeObserver === "function" &&
    "noModule" in document.createElement("script");
  if (!able) tell();
  // A script this browser cannot even read: only before the product has started.
  if (window.addEventListener) {
    window.addEventListener("error", function (event) {
      if (event && event.message && /SyntaxError/.test(event.message) && !root.hasAttribute("data-started")) tell();
    });
  }
})();
