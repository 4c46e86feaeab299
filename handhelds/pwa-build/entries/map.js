// The map, fetched only by the screen that shows one: vendor/map.js, with map.css beside it.

import "leaflet/dist/leaflet.css";

export {
  circleMarker,
  control,
  divIcon,
  featureGroup,
  latLng,
  latLngBounds,
  map,
  marker,
  polyline,
  tileLayer,
} from "leaflet";
