//! The DEMO seal: a small vermilion stamp in the lower right corner, so that nobody takes a picture for the model's.

use image::RgbImage;

use super::shapes::{Point, blend, coverage, pixels_around, rounded_box, segment, smooth_step};

const VERMILION: [u8; 3] = [0xC3, 0x32, 0x1E];
const WHITE: [u8; 3] = [0xFF, 0xFF, 0xFF];
const INK: [u8; 3] = [0x1B, 0x1A, 0x17];

/// The seal's width as a share of the picture's shorter side.
pub(crate) const SEAL_SIDE: f32 = 0.125;

/// The letters' place inside the seal, as centre of each letter; the seal reaches from -1 to 1.
const LETTERS: [(Letter, Point); 4] = [
    (Letter::D, (-0.36, -0.37)),
    (Letter::E, (0.38, -0.37)),
    (Letter::M, (-0.37, 0.37)),
    (Letter::O, (0.37, 0.37)),
];
/// Half the width and height of a letter, and half the thickness of its strokes.
const LETTER_HALF: Point = (0.21, 0.235);
const STROKE: f32 = 0.055;

#[derive(Debug, Clone, Copy)]
enum Letter {
    D,
    E,
    M,
    O,
}

impl Letter {
    /// Polylines in a box from (-1, -1), upper left, to (1, 1).
    fn strokes(self) -> Vec<Vec<Point>> {
        match self {
            Self::D => {
                let bow = arc((-0.25, 0.0), (1.25, 1.0), -90.0, 90.0);
                vec![[vec![(-1.0, 1.0), (-1.0, -1.0)], bow, vec![(-1.0, 1.0)]].concat()]
            }
            Self::E => {
                vec![vec![(0.9, -1.0), (-0.9, -1.0), (-0.9, 1.0), (0.9, 1.0)], vec![(-0.9, 0.0), (0.65, 0.0)]]
            }
            Self::M => vec![vec![(-1.1, 1.0), (-1.1, -1.0), (0.0, 0.55), (1.1, -1.0), (1.1, 1.0)]],
            Self::O => vec![arc((0.0, 0.0), (1.1, 1.0), 0.0, 360.0)],
        }
    }
}

/// Puts the seal on a picture.
pub(crate) fn stamp(picture: &mut RgbImage) {
    let (width, height) = picture.dimensions();
    let short_side = width.min(height) as f32;
    let half = short_side * SEAL_SIDE / 2.0;
    let margin = short_side * 0.045;
    let centre = (width as f32 - margin - half, height as f32 - margin - half);
    let segments = text_segments();
    let reach = half * 1.3;
    for (x, y) in pixels_around((width, height), centre, (reach, reach)) {
        let point = ((x as f32 + 0.5 - centre.0) / half, (y as f32 + 0.5 - centre.1) / half);
        let pixel = picture.get_pixel_mut(x, y);
        let body = rounded_box(point, (0.0, 0.0), (1.0, 1.0), 0.22);
        blend(pixel, INK, 0.28 * (1.0 - smooth_step(-0.05, 0.22, body)));
        blend(pixel, VERMILION, coverage(body * half));
        let frame = rounded_box(point, (0.0, 0.0), (0.87, 0.87), 0.14).abs() - 0.022;
        blend(pixel, WHITE, 0.85 * coverage(frame * half));
        let distances = segments.iter().map(|(from, to)| segment(point, *from, *to));
        let text = distances.fold(f32::INFINITY, f32::min);
        blend(pixel, WHITE, coverage((text - STROKE) * half));
    }
}

/// All strokes of all letters, in the seal's coordinates.
fn text_segments() -> Vec<(Point, Point)> {
    let mut segments = Vec::new();
    for (letter, centre) in LETTERS {
        let place = |point: Point| (centre.0 + point.0 * LETTER_HALF.0, centre.1 + point.1 * LETTER_HALF.1);
        for stroke in letter.strokes() {
            segments.extend(stroke.windows(2).map(|pair| (place(pair[0]), place(pair[1]))));
        }
    }
    segments
}

/// Part of an ellipse as a polyline; angles in degrees, 0 to the right, growing downwards.
fn arc(centre: Point, radii: Point, from: f32, to: f32) -> Vec<Point> {
    const PIECES: u8 = 20;
    (0..=PIECES)
        .map(|piece| {
            let angle = (from + (to - from) * f32::from(piece) / f32::from(PIECES)).to_radians();
            (centre.0 + radii.0 * angle.cos(), centre.1 + radii.1 * angle.sin())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn the_seal_is_vermilion_with_white_letters_and_stays_in_its_corner() {
        let grey = Rgb([120, 120, 120]);
        let mut picture = RgbImage::from_pixel(800, 600, grey);
        stamp(&mut picture);
        let count = |colour| picture.pixels().filter(|pixel| pixel.0 == colour).count();
        assert!(count(VERMILION) > 1500);
        assert!(count(WHITE) > 300);
        let untouched = picture
            .enumerate_pixels()
            .filter(|(x, y, _)| *x < 600 || *y < 400)
            .all(|(.., pixel)| *pixel == grey);
        assert!(untouched);
    }

    #[test]
    fn a_tiny_picture_is_sealed_without_trouble() {
        for size in [(1, 1), (16, 16), (16, 4000)] {
            stamp(&mut RgbImage::new(size.0, size.1));
        }
    }
}
