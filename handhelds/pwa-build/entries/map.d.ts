// The types of vendor/map.js: the few calls of Leaflet that the plan's map makes.

type Place = [number, number];
interface Layer {
  addTo(place: Layer | LeafletMap): this;
  bindTooltip(text: string, options?: object): this;
  on(event: string, then: (event: any) => void): this;
  remove(): this;
}
interface LeafletMap {
  fitBounds(bounds: Place[] | object, options?: object): this;
  setView(place: Place, zoom: number): this;
  invalidateSize(): this;
  on(event: string, then: (event: any) => void): this;
  remove(): this;
}
export declare function map(element: HTMLElement, options?: object): LeafletMap;
export declare function marker(place: Place, options?: object): Layer;
export declare function circleMarker(place: Place, options?: object): Layer;
export declare function polyline(places: Place[], options?: object): Layer;
export declare function featureGroup(layers?: Layer[]): Layer & { getBounds(): object };
export declare function divIcon(options: object): object;
export declare function tileLayer(address: string, options?: object): Layer;
export declare function latLng(latitude: number, longitude: number): object;
export declare function latLngBounds(places: Place[]): object;
export declare const control: Record<string, (options?: object) => Layer>;
