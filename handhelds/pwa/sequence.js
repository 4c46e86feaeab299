// @ts-check
// The order of one day, worked out on the handheld without a network: insertion, then moving pieces
// of up to three stops and turning stretches round until nothing helps. The same rule, step by
// step, as `order_quickly` of the server's planner; the cases of sync/contract/sequences prove it.
// Times are minutes, times of day minutes after midnight. Nobody is dropped in silence.

/** @typedef {{from: number, until: number}} Spell when a visit may begin */
/** @typedef {{visit: number, open: Spell[] | null}} Stop open: null always, [] closed that day */
/** @typedef {{from: number, until: number, length: number}} Lunch */
/** @typedef {{from: number, to: number, lunch: Lunch | null}} Day */
/** @typedef {{minutes: number[][], stops: Stop[], day: Day}} Work minutes: home is the last row */
/** @typedef {{arrive: number, begin: number, leave: number}} Call */
/**
 * @typedef {{order: number[], leftOut: number[], calls: Call[], home: number, travel: number}} Done
 */

const PIECE = 3;
const ROUNDS = 30;
const SLACK = 1e-6;

/** The first time from `at` on at which a visit may begin. @param {Stop} stop @param {number} at */
function beginFrom(stop, at) {
  if (stop.open === null) return at;
  for (const spell of stop.open) if (at <= spell.until + SLACK) return Math.max(at, spell.from);
  return null;
}

/** The nodes of an order, home to home. @param {Work} work @param {number[]} order */
const nodesOf = (work, order) => [work.stops.length, ...order, work.stops.length];

/**
 * Whether some timing of this order keeps every hour.
 * @param {Work} work @param {number[]} order
 */
export function keepsHours(work, order) {
  if (order.length === 0) return true;
  const { minutes, stops, day } = work;
  const lunch = day.lunch;
  /** @type {number | null} */
  let hungry = lunch ? day.from : null; // free at, with lunch still to come
  /** @type {number | null} */
  let fed = lunch ? null : day.from; // free at, lunch eaten
  let here = stops.length;
  for (const next of order) {
    const leg = minutes[here][next];
    let later = fed === null ? null : beginFrom(stops[next], fed + leg);
    let sooner = null;
    if (hungry !== null && lunch) {
      sooner = beginFrom(stops[next], hungry + leg);
      const sits = Math.max(hungry + leg, lunch.from);
      const eaten =
        sits <= lunch.until + SLACK ? beginFrom(stops[next], sits + lunch.length) : null;
      if (eaten !== null && (later === null || eaten < later)) later = eaten;
    }
    hungry = sooner === null ? null : sooner + stops[next].visit;
    fed = later === null ? null : later + stops[next].visit;
    if (hungry === null && fed === null) return false;
    here = next;
  }
  const back = minutes[here][stops.length];
  if (fed !== null && fed + back <= day.to + SLACK) return true;
  if (hungry === null || !lunch) return false;
  return hungry + back <= Math.min(day.to, lunch.until) + SLACK;
}

/**
 * The order with times, lunch before the stop at a place (or none); null where hours are not kept.
 * @param {Work} work @param {number[]} order @param {number} lunchAt -1: no lunch
 */
function timed(work, order, lunchAt) {
  const { minutes, stops, day } = work;
  /** @type {Call[]} */
  const calls = [];
  let clock = day.from;
  let here = stops.length;
  for (const [i, next] of order.entries()) {
    const arrive = clock + minutes[here][next];
    let begin = arrive;
    if (day.lunch && i === lunchAt) {
      const sits = Math.max(arrive, day.lunch.from);
      if (sits > day.lunch.until + SLACK) return null;
      begin = sits + day.lunch.length;
    }
    const opened = beginFrom(stops[next], begin);
    if (opened === null) return null;
    clock = opened + stops[next].visit;
    calls.push({ arrive, begin: opened, leave: clock });
    here = next;
  }
  if (order.length > 0) clock += minutes[here][stops.length];
  const latest = day.lunch && lunchAt < 0 ? Math.min(day.to, day.lunch.until) : day.to;
  return order.length > 0 && clock > latest + 10 * SLACK ? null : { calls, home: clock };
}

/**
 * Times of an order, the lunch that brings the rep home first.
 * @param {Work} work @param {number[]} order
 */
function timetable(work, order) {
  const ways = work.day.lunch ? [...order.keys(), -1] : [-1];
  let best = null;
  for (const way of ways) {
    const made = timed(work, order, way);
    if (made && (best === null || made.home < best.home)) best = made;
  }
  return best;
}

/** Minutes of travel, home to home. @param {Work} work @param {number[]} order */
export function travelOf(work, order) {
  const nodes = order.length ? nodesOf(work, order) : [];
  return nodes.slice(1).reduce((sum, node, i) => sum + work.minutes[nodes[i]][node], 0);
}

/** Compare rows of numbers, first difference first. @param {number[]} a @param {number[]} b */
function byRow(a, b) {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

/**
 * The order with a store at a place.
 * @param {number[]} order @param {number} place @param {number} store
 */
const withStop = (order, place, store) => [...order.slice(0, place), store, ...order.slice(place)];

/**
 * The cheapest place that keeps the hours, or null.
 * @param {Work} work @param {number[]} order @param {number} store @param {number} first
 */
function cheapest(work, order, store, first) {
  const { minutes } = work;
  const nodes = nodesOf(work, order);
  /** @type {number[][]} */
  const ways = [];
  for (let place = first; place <= order.length; place += 1) {
    const [a, b] = [nodes[place], nodes[place + 1]];
    const gone = order.length ? minutes[a][b] : 0;
    ways.push([minutes[a][store] + minutes[store][b] - gone, place]);
  }
  for (const [, place] of ways.sort(byRow))
    if (keepsHours(work, withStop(order, place, store))) return place;
  return null;
}

/**
 * One piece elsewhere, the most saving way, or null.
 * @param {Work} work @param {number[]} order @param {number} first
 */
function moved(work, order, first) {
  const { minutes } = work;
  const nodes = nodesOf(work, order);
  /** @type {number[][]} */
  const ways = [];
  for (let length = 1; length <= PIECE; length += 1)
    for (let i = first; i <= order.length - length; i += 1) {
      const [head, tail] = [nodes[i + 1], nodes[i + length]];
      const [before, after] = [nodes[i], nodes[i + length + 1]];
      const gain = minutes[before][head] + minutes[tail][after] - minutes[before][after];
      for (let j = first; j <= order.length; j += 1) {
        if (i <= j && j <= i + length) continue;
        const [a, b] = [nodes[j], nodes[j + 1]];
        const more = minutes[a][head] + minutes[tail][b] - minutes[a][b];
        if (more < gain - SLACK) ways.push([more - gain, length, i, j]);
      }
    }
  for (const [, length, i, j] of ways.sort(byRow)) {
    const rest = [...order.slice(0, i), ...order.slice(i + length)];
    const at = j < i ? j : j - length;
    const tried = [...rest.slice(0, at), ...order.slice(i, i + length), ...rest.slice(at)];
    if (keepsHours(work, tried)) return tried;
  }
  return null;
}

/**
 * One stretch the other way round, or null.
 * @param {Work} work @param {number[]} order @param {number} first
 */
function turned(work, order, first) {
  const { minutes } = work;
  const nodes = nodesOf(work, order);
  const there = [0];
  const back = [0];
  for (let i = 0; i + 1 < nodes.length; i += 1) {
    there.push(there[i] + minutes[nodes[i]][nodes[i + 1]]);
    back.push(back[i] + minutes[nodes[i + 1]][nodes[i]]);
  }
  /** @type {number[][]} */
  const ways = [];
  for (let i = first; i < order.length - 1; i += 1)
    for (let j = i + 2; j <= order.length; j += 1) {
      const gone = there[j + 1] - there[i];
      let more = minutes[nodes[i]][nodes[j]] + minutes[nodes[i + 1]][nodes[j + 1]];
      more += back[j] - back[i + 1];
      if (more < gone - SLACK) ways.push([more - gone, i, j]);
    }
  for (const [, i, j] of ways.sort(byRow)) {
    const tried = [...order.slice(0, i), ...order.slice(i, j).reverse(), ...order.slice(j)];
    if (keepsHours(work, tried)) return tried;
  }
  return null;
}

/**
 * How long a store may be begun at: narrow ones are placed first.
 * @param {Work} work @param {number} store
 */
function slack(work, store) {
  if (!keepsHours(work, [store])) return -1;
  const open = work.stops[store].open;
  return (open ?? []).reduce((sum, spell) => sum + spell.until - spell.from, 0) || Infinity;
}

/**
 * The day in order; stops already made stay first. `leftOut` names who fits nowhere any more.
 * @param {Work} work @param {number[]} [made] @returns {Done}
 */
export function orderQuickly(work, made = []) {
  const first = made.length;
  let order = [...made];
  const loose = work.stops.map((_, i) => i).filter((i) => !made.includes(i));
  const narrow = new Map(loose.map((i) => [i, slack(work, i)]));
  loose.sort((a, b) => {
    const [one, other] = [narrow.get(a) ?? 0, narrow.get(b) ?? 0];
    return one === other ? a - b : one - other;
  });
  /** @type {number[]} */
  const leftOut = [];
  for (const store of loose) {
    const place = cheapest(work, order, store, first);
    if (place === null) leftOut.push(store);
    else order = withStop(order, place, store);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    let better = moved(work, order, first) ?? turned(work, order, first);
    for (const store of [...leftOut]) {
      const place = cheapest(work, better ?? order, store, first);
      if (place === null) continue;
      better = withStop(better ?? order, place, store);
      leftOut.splice(leftOut.indexOf(store), 1);
    }
    if (better === null) break;
    order = better;
  }
  const times = timetable(work, order) ?? { calls: [], home: work.day.from };
  return { order, leftOut, ...times, travel: travelOf(work, order) };
}
