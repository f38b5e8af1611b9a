//! A bar chart of ratios as SVG: horizontal bars, a line where both are equal, text that screen readers can read.
//!
//! Draws what it is given; does not measure.

use std::fmt::Write;

/// One bar.
pub(crate) struct Bar {
    /// Text on the left.
    pub(crate) label: String,
    /// Its length; 1 means equal.
    pub(crate) ratio: f64,
    /// Whether it stands out, as a mean does.
    pub(crate) strong: bool,
}

const WIDTH: f64 = 760.0;
const LEFT: f64 = 150.0;
const ROW: f64 = 22.0;
const TOP: f64 = 62.0;

const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#1b1f24}.note{fill:#57606a}.bar{fill:#2f6f8f}.worse{fill:#b35900}\
.strong{fill:#123c52}.equal{stroke:#57606a;stroke-dasharray:4 3}.heading{font-size:15px;font-weight:600}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note{fill:#9da7b3}.bar{fill:#5fb3d9}.worse{fill:#f0a050}\
.strong{fill:#bfe3f5}.equal{stroke:#9da7b3}}";

/// The chart. `note` says what the bars are and how to read them.
pub(crate) fn render(heading: &str, note: &str, bars: &[Bar]) -> String {
    let longest = bars.iter().map(|bar| bar.ratio).fold(1.1, f64::max);
    let scale = (WIDTH - LEFT - 60.0) / longest;
    let bottom = TOP + ROW * bars.len() as f64;
    let height = bottom + 28.0;
    let (heading, note) = (escape(heading), escape(note));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"t d\">\n\
         <title id=\"t\">{heading}</title>\n<desc id=\"d\">{note}</desc>\n<style>{STYLE}</style>\n\
         <text class=\"heading\" x=\"12\" y=\"24\">{heading}</text>\n<text class=\"note\" x=\"12\" y=\"44\">{note}</text>\n"
    );
    for (index, bar) in bars.iter().enumerate() {
        let y = TOP + ROW * index as f64;
        let length = bar.ratio * scale;
        let class = if bar.ratio > 1.0 {
            "worse"
        } else if bar.strong {
            "strong"
        } else {
            "bar"
        };
        let label = escape(&bar.label);
        let _ = writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{label}</text>\
             <rect class=\"{class}\" x=\"{LEFT}\" y=\"{:.0}\" width=\"{length:.1}\" height=\"16\" rx=\"2\"/>\
             <text x=\"{:.1}\" y=\"{:.0}\">{:.2}</text>",
            LEFT - 8.0,
            y + 13.0,
            y,
            LEFT + length + 6.0,
            y + 13.0,
            bar.ratio,
        );
    }
    let equal = LEFT + scale;
    let _ = write!(
        svg,
        "<line class=\"equal\" x1=\"{equal:.1}\" y1=\"{:.0}\" x2=\"{equal:.1}\" y2=\"{bottom:.0}\"/>\n\
         <text class=\"note\" x=\"{equal:.1}\" y=\"{:.0}\" text-anchor=\"middle\">1.0: equal</text>\n</svg>\n",
        TOP - 6.0,
        bottom + 16.0,
    );
    svg
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
