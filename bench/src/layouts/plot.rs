//! The plot of the record: a row a question, a dot a layout at its p50, a line from it to its p99. Times are on a
//! logarithmic axis, for the layouts differ by factors. Plain SVG: it must be seen where the record is read.

use std::fmt::Write as _;

use super::{
    MESSAGES,
    contest::{Cell, Line},
    table::{Report, time},
};

/// Of the eye that does not tell red from green, too (Okabe and Ito); ours, the last, is black.
const COLOURS: [&str; 6] = ["#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#000000"];
const WIDTH: f64 = 1_000.0;
const LEFT: f64 = 330.0;
const RIGHT: f64 = 970.0;
const TOP: f64 = 96.0;
const ROW: f64 = 36.0;
/// Between the lines of two layouts in a row.
const STEP: f64 = 4.6;

/// Times of the messages' layouts, and their sizes.
#[must_use]
pub fn svg(report: &Report) -> String {
    let (timed, sized): (Vec<&Line>, Vec<&Line>) =
        report.messages.iter().partition(|line| !matches!(line.cells.first(), Some(Cell::Bytes(_))));
    let bottom = TOP + ROW * timed.len() as f64;
    let height = bottom + 60.0 + ROW * 2.2;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"DejaVu Sans, sans-serif\" font-size=\"12\">\n<title>Layouts of the tables of messages</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    let heading = format!(
        "{} messages in {} chats: p50 (dot) to p99 (end of the line)",
        report.size.messages, report.size.chats
    );
    text(&mut svg, (20.0, 28.0), "start", 16, &heading);
    for (n, layout) in MESSAGES.iter().enumerate() {
        let x = 26.0 + 158.0 * n as f64;
        let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"52\" r=\"5\" fill=\"{}\"/>", colour(n));
        text(&mut svg, (x + 9.0, 56.0), "start", 12, layout.name);
    }
    let scale = Scale::over(&timed);
    let mut decade = scale.from;
    while decade <= scale.to * 1.001 {
        let x = scale.x(decade);
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\" stroke=\"#dddddd\"/>"
        );
        text(&mut svg, (x, TOP - 8.0), "middle", 11, &time(decade).replace(".0", ""));
        decade *= 10.0;
    }
    for (row, line) in timed.iter().enumerate() {
        let y = TOP + ROW * row as f64;
        if row % 2 == 0 {
            let _ = writeln!(
                svg,
                "<rect x=\"10\" y=\"{y}\" width=\"{}\" height=\"{ROW}\" fill=\"#000000\" opacity=\"0.03\"/>",
                WIDTH - 20.0
            );
        }
        text(&mut svg, (20.0, y + ROW / 2.0 + 4.0), "start", 12, &line.question);
        for (n, cell) in line.cells.iter().enumerate() {
            if let Cell::Times { p50, p99, .. } = cell {
                dot(&mut svg, scale.x(*p50), scale.x(*p99), y + 6.5 + STEP * n as f64, n);
            }
        }
    }
    for line in sized {
        bars(&mut svg, line, bottom + 30.0);
    }
    svg.push_str("</svg>\n");
    svg
}

fn colour(layout: usize) -> &'static str {
    COLOURS[layout % COLOURS.len()]
}

fn dot(svg: &mut String, x: f64, end: f64, y: f64, layout: usize) {
    let colour = colour(layout);
    let _ = writeln!(
        svg,
        "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{end:.1}\" y2=\"{y:.1}\" stroke=\"{colour}\" stroke-width=\"1.4\" \
         opacity=\"0.6\"/><circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.6\" fill=\"{colour}\"/>"
    );
}

/// Sizes, from nothing: bars may be compared by their length only so.
fn bars(svg: &mut String, line: &Line, top: f64) {
    let largest = line.cells.iter().filter_map(Cell::middle).fold(1.0, f64::max);
    text(svg, (20.0, top + 34.0), "start", 12, &line.question);
    for (n, cell) in line.cells.iter().enumerate() {
        let Some(bytes) = cell.middle() else { continue };
        let (y, width) = (top + 12.0 * n as f64, (RIGHT - LEFT - 70.0) * bytes / largest);
        let _ = writeln!(
            svg,
            "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"9\" fill=\"{}\"/>",
            colour(n)
        );
        text(svg, (LEFT + width + 6.0, y + 8.5), "start", 10, &super::table::cell(cell));
    }
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, size: u32, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{words}</text>"
    );
}

/// Powers of ten around all times, in microseconds.
struct Scale {
    from: f64,
    to: f64,
}

impl Scale {
    fn over(lines: &[&Line]) -> Self {
        let mut scale = Self { from: f64::MAX, to: 1.0 };
        for cell in lines.iter().flat_map(|line| &line.cells) {
            if let Cell::Times { p50, p99, .. } = cell {
                scale.from = scale.from.min(*p50);
                scale.to = scale.to.max(*p99);
            }
        }
        Self { from: 10_f64.powf(scale.from.log10().floor()), to: 10_f64.powf(scale.to.log10().ceil()) }
    }

    fn x(&self, micros: f64) -> f64 {
        let share = (micros / self.from).log10() / (self.to / self.from).log10();
        LEFT + (RIGHT - LEFT) * share
    }
}
