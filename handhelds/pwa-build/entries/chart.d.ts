// The types of vendor/chart.js.

import uPlot from "uplot";

export declare const Chart: typeof uPlot;
