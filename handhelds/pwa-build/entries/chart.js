// Lines over time, fetched only by the screen that shows some: vendor/chart.js, with chart.css.

import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";

export const Chart = uPlot;
