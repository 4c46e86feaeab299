// @ts-check
// How far it is from one store to the next, as the crow flies.

const EARTH_M = 6_371_008.8;

/**
 * Metres along a great circle between two stores' lat_deg and lon_deg.
 * @param {Record<string, any>} a @param {Record<string, any>} b
 */
export function distanceM(a, b) {
  const rad = Math.PI / 180;
  const [lat_a, lat_b] = [a.lat_deg * rad, b.lat_deg * rad];
  const half = Math.sin((lat_b - lat_a) / 2) ** 2 +
    Math.cos(lat_a) * Math.cos(lat_b) * Math.sin(((b.lon_deg - a.lon_deg) * rad) / 2) ** 2;
  return Math.round(2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half))));
}
