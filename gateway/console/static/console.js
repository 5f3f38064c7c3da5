/* The pages' behaviour. Everything here adds to pages that can be read without it. */
import { drawCharts, forgetColours } from "./charts.js";
import { followLive } from "./live.js";
import { offerActions } from "./actions.js";
import { offerSmallThings } from "./small.js";

offerSmallThings({ onTheme: forgetColours });
offerActions();
drawCharts();
followLive();
document.addEventListener("htmx:after:settle", drawCharts);
