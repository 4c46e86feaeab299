// @ts-check
/**
 * Days and moments as the terms count them: a day is its text (YYYY-MM-DD, which sorts as it
 * counts), a moment the microseconds since 1970 in UTC, as fine as the wire writes it.
 */

const DAY_MS = 86_400_000;
const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const PARTS_US = /\.([0-9]{3})([0-9]{1,3})/;

/**
 * Days since 1970-01-01. TypeError when the text is no day of the calendar.
 * @param {string} day
 * @returns {number}
 */
export function dayNumber(day) {
  const found = DAY.exec(day);
  const ms = found ? Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])) : NaN;
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day) {
    throw new TypeError(`${day} is no day: write YYYY-MM-DD`);
  }
  return ms / DAY_MS;
}

/**
 * The text of a day, by its number.
 * @param {number} number
 * @returns {string}
 */
export function dayText(number) {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

/**
 * @param {string} day
 * @param {number} days
 * @returns {string}
 */
export function addDays(day, days) {
  return dayText(dayNumber(day) + days);
}

/**
 * Days from one day to another, below 0 when the other is earlier.
 * @param {string} from
 * @param {string} to
 * @returns {number}
 */
export function daysBetween(from, to) {
  return dayNumber(to) - dayNumber(from);
}

/**
 * The day of the week, Monday 1 to Sunday 7.
 * @param {string} day
 * @returns {number}
 */
export function isoWeekday(day) {
  return ((dayNumber(day) + 3) % 7 + 7) % 7 + 1;
}

/**
 * An instant of the wire in microseconds. TypeError when it is none.
 * @param {string} text
 * @returns {number}
 */
export function moment(text) {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new TypeError(`${text} is no instant`);
  const finer = PARTS_US.exec(text)?.[2];
  return ms * 1000 + (finer ? Number(finer.padEnd(3, "0")) : 0);
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const walls = new Map();

/**
 * The wall clock of a zone. One whose name this browser is too old to know is taken for its own: a
 * rep is mostly where the store is, and the server looks again.
 * @param {string} zone
 */
function wallOf(zone) {
  const shown = /** @type {const} */ ({
    hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
    hour: "numeric", minute: "numeric", second: "numeric",
  });
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone, ...shown });
  } catch (trouble) {
    if (trouble instanceof RangeError) return new Intl.DateTimeFormat("en-US", shown);
    throw trouble;
  }
}

/**
 * How far the wall clock of a zone is ahead of UTC at a moment, in milliseconds.
 * @param {string} zone an IANA name
 * @param {number} at_ms
 * @returns {number}
 */
export function offsetMs(zone, at_ms) {
  if (zone === "UTC") return 0;
  const week = Math.floor(at_ms / WEEK_MS);
  const from = atBegin(zone, week);
  return from === atBegin(zone, week + 1) ? from : asked(zone, at_ms);
}

const WEEK_MS = 7 * 86_400_000;
/** The offset of a zone where a week begins, by both: a browser takes as long to tell one as to
 * price a line, and a year of cards asks for hundreds. No zone changes twice within a week.
 * @type {Map<string, number>} */
const begins = new Map();

/** @param {string} zone @param {number} week since 1970 */
function atBegin(zone, week) {
  const key = `${zone} ${week}`;
  let found = begins.get(key);
  if (found === undefined) {
    found = asked(zone, week * WEEK_MS);
    begins.set(key, found);
  }
  return found;
}

/** @param {string} zone @param {number} at_ms */
function asked(zone, at_ms) {
  let wall = walls.get(zone);
  if (wall === undefined) {
    wall = wallOf(zone);
    walls.set(zone, wall);
  }
  /** @type {Record<string, number>} */
  const shown = {};
  for (const { type, value } of wall.formatToParts(at_ms)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  const seconds_ms = at_ms - (((at_ms % 1000) + 1000) % 1000);
  return Date.UTC(year, month - 1, day, hour, minute, second) - seconds_ms;
}

/**
 * The moment at which a wall clock of a zone shows a time of a day, in microseconds. Of a time that
 * comes twice (clocks go back) the first; one that never comes (clocks go forward) as if they had
 * not.
 * @param {string} day
 * @param {string} time HH:MM or HH:MM:SS
 * @param {string} zone
 * @returns {number}
 */
export function onWall(day, time, zone) {
  const [hour = 0, minute = 0, second = 0] = time.split(":").map(Number);
  const wall_ms = dayNumber(day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000;
  const before = offsetMs(zone, wall_ms - DAY_MS);
  const after = offsetMs(zone, wall_ms + DAY_MS);
  const isAfter =
    before !== after &&
    offsetMs(zone, wall_ms - before) !== before &&
    offsetMs(zone, wall_ms - after) === after;
  return (wall_ms - (isAfter ? after : before)) * 1000;
}
