/* Charts: each figure carries its numbers; here they are drawn, with the colours that the style sheet names. */

const COLOURS = {
  legacy: "--legacy-fill",
  shadow: "--shadow-fill",
  canary: "--canary-fill",
  v2: "--v2-fill",
  bad: "--bad-fill",
  good: "--good-fill",
  ink: "--ink-2",
};
const HEIGHT = 176;

const drawn = new Map(); // element that holds a plot -> {plot, data, figure}
const watcher = new ResizeObserver((entries) => {
  for (const entry of entries) {
    const held = drawn.get(entry.target);
    if (held && entry.contentRect.width > 0) held.plot.setSize({ width: entry.contentRect.width, height: HEIGHT });
  }
});

/** Draw every chart of the page, and bring those that are drawn up to date. */
export function drawCharts() {
  for (const [holder, held] of drawn) {
    if (!holder.isConnected) {
      watcher.unobserve(holder);
      held.plot.destroy();
      drawn.delete(holder);
    }
  }
  for (const figure of document.querySelectorAll("[data-chart]")) {
    const holder = figure.querySelector(".plot");
    if (holder) draw(figure, holder);
  }
}

/** After the theme changed: every chart anew. */
export function forgetColours() {
  for (const [holder, held] of drawn) {
    watcher.unobserve(holder);
    held.plot.destroy();
    drawn.delete(holder);
  }
  drawCharts();
}

function draw(figure, holder) {
  const text = figure.dataset.chart;
  const held = drawn.get(holder);
  if (held && held.text === text) return;
  const chart = JSON.parse(text);
  const kind = figure.dataset.kind;
  const data = kind === "area" ? stacked(chart) : [chart.times, ...chart.series.map((one) => one.values)];
  if (held && held.plot.series.length === data.length) {
    held.text = text;
    held.chart = chart;
    held.plot.setData(data);
    return;
  }
  held?.plot.destroy();
  holder.hidden = false;
  holder.classList.add("drawn");
  const entry = { text, chart };
  entry.plot = new window.uPlot(options(figure, holder, chart, kind, entry), data, holder);
  drawn.set(holder, entry);
  watcher.observe(holder);
}

function options(figure, holder, chart, kind, entry) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => resolve(COLOURS[name] ?? COLOURS.ink, holder);
  const axis = {
    stroke: resolve("--ink-3", holder),
    font: `11px ${style.getPropertyValue("--font")}`,
    grid: { stroke: resolve("--line", holder), width: 1 },
    ticks: { show: false },
    gap: 6,
  };
  const unit = chart.series[0]?.unit;
  const scales = { x: { time: true }, y: { range: ranger(unit) } };
  const series = [{}];
  const bands = [];
  const ordered = kind === "area" ? [...chart.series].reverse() : chart.series;
  ordered.forEach((one, number) => {
    const [name, faint] = one.style.split(" ");
    const stroke = colour(name);
    const other = one.unit !== unit;
    // A second unit has no axis of its own, only the key: it stays in the lower third, out of the first one's way.
    if (other) scales[one.unit] = { range: (_plot, _least, most) => [0, most > 0 ? most * 3 : 1] };
    series.push({
      label: one.name,
      scale: other ? one.unit : "y",
      stroke,
      width: kind === "area" ? 1 : faint ? 1 : 2,
      dash: faint ? [4, 4] : undefined,
      fill: kind === "area" ? stroke : one.unit === "count" ? `${stroke}55` : undefined,
      paths: one.unit === "count" ? window.uPlot.paths.bars({ size: [0.8, 8] }) : undefined,
      points: { show: true, size: 5, width: 0, fill: stroke, filter: (plot, at) => lonely(plot.data[at]) },
    });
    if (kind === "area" && number > 0) bands.push({ series: [number, number + 1] });
  });
  return {
    width: holder.clientWidth || 320,
    height: HEIGHT,
    legend: { show: false },
    cursor: { sync: { key: figure.closest("[data-sync]")?.dataset.sync ?? figure.id }, points: { size: 6 }, y: false },
    padding: [8, 8, 0, 0],
    scales,
    series,
    bands: kind === "area" ? bands : undefined,
    tzDate: (time) => window.uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 60, values: (_plot, ticks, _axis, _space, step) => ticks.map((tick) => clock(tick, step)) },
      { ...axis, size: 56, values: (_plot, ticks, _axis, _space, step) => ticks.map((tick) => written(tick, unit, step)) },
    ],
    hooks: { setCursor: [(plot) => tell(figure, plot, entry)] },
  };
}

/** A canvas knows no custom properties and no light-dark(): let an element work the colour out. */
function resolve(name, holder) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  holder.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  const parts = found.match(/\d+(\.\d+)?/g).map(Number);
  return "#" + parts.slice(0, 3).map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");
}

/** Sums from the bottom up, the topmost first, so that each area is drawn over by those below it. */
function stacked(chart) {
  const sums = chart.times.map(() => 0);
  const rows = chart.series.map((one) => {
    return one.values.map((value, at) => {
      sums[at] += value ?? 0;
      return value === null ? null : sums[at];
    });
  });
  return [chart.times, ...rows.reverse()];
}

function ranger(unit) {
  return (_plot, least, most) => {
    if (unit === "share") {
      // Parity lives near 1: the scale begins where the values do, and never shows a wobble as a fall.
      const low = Math.min(least ?? 1, 0.99);
      return [Math.max(0, low - (1 - low) * 0.1), 1.0005];
    }
    return [0, most > 0 ? most * 1.08 : 1];
  };
}

/** A value in its unit. On an axis, `step` is the way to the next one: neighbours must not look the same. */
function written(value, unit, step) {
  if (value === null || value === undefined) return "–";
  switch (unit) {
    case "seconds":
      return Math.max(value, step ?? 0) < 1 ? `${trim(value * 1000, digits(step && step * 1000))} ms` : `${trim(value, digits(step))} s`;
    case "share":
      return value > 1 ? "" : `${trim(value * 100, 2)} %`;
    case "requests_per_second":
      return `${trim(value, digits(step))}/s`;
    default:
      return trim(value, digits(step));
  }
}

const digits = (step) => (step ? Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)) : undefined);

/** The places of values that have no neighbour: no line shows them, so a dot does. */
function lonely(values) {
  const found = [];
  values.forEach((value, at) => {
    if (value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null) found.push(at);
  });
  return found;
}

/** A time below the axis, in UTC: the hour, and the day where one begins. */
function clock(seconds, step) {
  const text = new Date(seconds * 1000).toISOString();
  return step >= 86400 || text.slice(11, 16) === "00:00" ? `${Number(text.slice(8, 10))}/${Number(text.slice(5, 7))}` : text.slice(11, 16);
}

function trim(value, most = value < 10 ? 1 : 0) {
  return value.toLocaleString("en", { maximumFractionDigits: most });
}

/** Below the pointer: the key shows the values of that time instead of the latest. */
function tell(figure, plot, entry) {
  const at = plot.cursor.idx;
  const words = figure.querySelectorAll(".key b");
  entry.chart.series.forEach((one, number) => {
    const word = words[number];
    if (!word) return;
    word.dataset.latest ??= word.textContent;
    if (at === null || at === undefined) {
      word.textContent = word.dataset.latest;
      delete word.dataset.latest;
    } else {
      word.textContent = written(one.values[at], one.unit);
    }
  });
}
