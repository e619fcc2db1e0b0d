// Keeps the page for the time without a network: its own files and nothing else, no answer and no row.
// The service writes BUILD and FILES above this.

const NAME = "krn-home-";

addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME + BUILD).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(NAME) && name !== NAME + BUILD;
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
  );
});

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !FILES.includes(url.pathname)) return;
  event.respondWith(
    caches.open(NAME + BUILD)
      .then((cache) => cache.match(url.pathname))
      .then((kept) => kept || fetch(event.request))
  );
});
