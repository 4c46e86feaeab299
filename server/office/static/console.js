// The console's own script: keys on the board and on receipts, the live mark, a countdown, tick-all boxes.
// Everything works without it but more slowly; it talks to no server by itself.

const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// --- live: say whether news come by themselves, and look slowly when they do not -----------------

const SLOW_MS = 20_000;
const WORDS = { live: "Live", slow: "Refreshing slowly", waiting: "Connecting" };

function startLive() {
  const bus = $("#bus");
  const sign = $("#live");
  if (!bus || !sign) return;
  let slow = null;

  const say = (is) => {
    if (sign.dataset.is === is) return;
    sign.dataset.is = is;
    $(".word", sign).textContent = WORDS[is];
  };
  const look = () => ["orders", "plans"].forEach((what) => htmx.trigger(bus, what, {}));
  const goSlow = () => {
    say("slow");
    slow ??= setInterval(() => {
      look();
      htmx.trigger(bus, "reconnect", {}); // does nothing while a stream is open
    }, SLOW_MS);
  };
  const goLive = () => {
    const missed = slow !== null;
    clearInterval(slow);
    slow = null;
    say("live");
    if (missed) look();
  };
  document.addEventListener("htmx:sse:after:connection", (event) => event.target === bus && goLive());
  for (const name of ["htmx:sse:error", "htmx:sse:close", "htmx:error", "htmx:response:error"]) {
    document.addEventListener(name, (event) => event.target === bus && goSlow());
  }
  setTimeout(() => sign.dataset.is === "waiting" && goSlow(), SLOW_MS); // neither open nor refused: look anyway
}

// --- the board: j and k move, Enter opens, / searches ------------------------------------------

let here = null; // id of the row the keys stand on; survives a refresh

const rows = () => all(".board tbody tr");

function stand(row) {
  for (const other of all(".board tr.here")) other.classList.remove("here");
  here = row?.id ?? null;
  if (!row) return;
  row.classList.add("here");
  row.scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (typing) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && $("#filters input[type=search]")) {
    event.preventDefault();
    $("#filters input[type=search]").select();
    return;
  }
  const list = rows();
  if (!list.length) return;
  const at = list.findIndex((row) => row.id === here);
  if (event.key === "j") stand(list[Math.min(at + 1, list.length - 1)]);
  else if (event.key === "k") stand(list[Math.max(at - 1, 0)]);
  else if (event.key === "x" && at >= 0) $("input[type=checkbox]", list[at])?.click();
  else if (event.key === "Enter" && at >= 0 && event.target === document.body) open(list[at], event);
}

function open(row, event) {
  const link = $("a", row);
  if (!link) return;
  event.preventDefault();
  location.assign(link.href);
}

function onClick(event) {
  const row = event.target.closest(".board tbody tr");
  if (!row || event.target.closest("a, button, input, .tick") || String(getSelection())) return;
  open(row, event);
}

// --- small things ----------------------------------------------------------------------------

function startCountdown() {
  const left = $("[data-until]");
  if (!left) return;
  const until = Date.parse(left.dataset.until);
  const offset = Date.parse(left.dataset.now) - Date.now(); // the server's clock is the one that counts
  const tick = () => {
    const seconds = Math.max(0, Math.round((until - Date.now() - offset) / 1000));
    left.textContent = seconds
      ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`
      : "This code is over. Make a new one.";
    if (!seconds) clearInterval(timer);
  };
  const timer = setInterval(tick, 1000);
  tick();
}

function onChange(event) {
  const box = event.target.closest("[data-ticks]");
  if (!box) return;
  for (const one of all(`input[name="${box.dataset.ticks}"]`)) one.checked = box.checked;
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("change", onChange);
document.addEventListener("htmx:before:request", (event) => {
  if (event.target.id === "filters") $(".from-here")?.remove(); // what is looked for begins with the first page
});
document.addEventListener("htmx:after:swap", () => {
  if (here) document.getElementById(here)?.classList.add("here");
});
startLive();
startCountdown();
