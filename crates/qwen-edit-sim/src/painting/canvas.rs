//! The canvas: the last input picture fills it, the others lie on it as small prints.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use super::seal::SEAL_SIDE;
use super::shapes::{Point, blend, coverage, pixels_around, rounded_box, smooth_step};

const PAPER: [u8; 3] = [0xFA, 0xF8, 0xF4];
const INK: [u8; 3] = [0x1B, 0x1A, 0x17];

/// Lays out the inputs on a canvas of `size` (width, height).
/// The last one is the base because the vendor takes the output's ratio from it. No inputs give blank paper.
pub(crate) fn lay_out(inputs: &[RgbImage], size: (u32, u32)) -> RgbImage {
    let Some((base, references)) = inputs.split_last() else {
        return RgbImage::from_pixel(size.0, size.1, Rgb(PAPER));
    };
    let mut canvas = cover(base, size);
    let short_side = size.0.min(size.1) as f32;
    let margin = short_side * 0.045;
    let gap = margin * 0.6;
    // The row ends before the seal; only many prints on a narrow canvas have to shrink for that.
    let room = size.0 as f32 - 2.0 * margin - short_side * SEAL_SIDE - gap * references.len() as f32;
    let widths: f32 = references.iter().map(print_ratio).sum();
    let height = (short_side * 0.24).min(room / widths);
    let mut left = margin;
    for reference in references {
        let print = PrintFrame::new(reference, (left, size.1 as f32 - margin - height), height);
        print.place(reference, &mut canvas);
        left = print.right() + gap;
    }
    canvas
}

/// Width of a print over its height. Very long pictures are cropped to 3:2 or 2:3.
fn print_ratio(picture: &RgbImage) -> f32 {
    (picture.width() as f32 / picture.height() as f32).clamp(2.0 / 3.0, 1.5)
}

/// Scales a picture until it covers `size`, and cuts off evenly what stands out.
fn cover(picture: &RgbImage, size: (u32, u32)) -> RgbImage {
    let (width, height) = picture.dimensions();
    let scale = (f64::from(size.0) / f64::from(width)).max(f64::from(size.1) / f64::from(height));
    let kept_width = ((f64::from(size.0) / scale).round() as u32).clamp(1, width);
    let kept_height = ((f64::from(size.1) / scale).round() as u32).clamp(1, height);
    let (x, y) = ((width - kept_width) / 2, (height - kept_height) / 2);
    let kept = imageops::crop_imm(picture, x, y, kept_width, kept_height);
    if (kept_width, kept_height) == size {
        return kept.to_image();
    }
    imageops::resize(&*kept, size.0, size.1, FilterType::Lanczos3)
}

/// A small print: the picture inside a white border, with a soft shadow under it.
struct PrintFrame {
    centre: Point,
    half: Point,
    border: f32,
}

impl PrintFrame {
    /// `height` includes the border.
    fn new(picture: &RgbImage, corner: Point, height: f32) -> Self {
        let half = (height * print_ratio(picture) / 2.0, height / 2.0);
        Self { centre: (corner.0 + half.0, corner.1 + half.1), half, border: height * 0.045 }
    }

    fn right(&self) -> f32 {
        self.centre.0 + self.half.0
    }

    fn place(&self, picture: &RgbImage, canvas: &mut RgbImage) {
        let inner = (self.half.0 - self.border, self.half.1 - self.border);
        let inner_size = (((inner.0 * 2.0).round() as u32).max(1), ((inner.1 * 2.0).round() as u32).max(1));
        let small = cover(picture, inner_size);
        let origin = ((self.centre.0 - inner.0).round(), (self.centre.1 - inner.1).round());
        let shadow_depth = self.border * 3.0;
        let reach = (self.half.0 + shadow_depth, self.half.1 + shadow_depth);
        for (x, y) in pixels_around(canvas.dimensions(), self.centre, reach) {
            let pixel = canvas.get_pixel_mut(x, y);
            let point = (x as f32 + 0.5, y as f32 + 0.5);
            let below = (point.0, point.1 - self.border * 0.8);
            let shadow = rounded_box(below, self.centre, self.half, self.border);
            blend(pixel, INK, 0.38 * (1.0 - smooth_step(-self.border, shadow_depth, shadow)));
            blend(pixel, PAPER, coverage(rounded_box(point, self.centre, self.half, self.border * 0.6)));
            let (inside_x, inside_y) = (x as f32 - origin.0, y as f32 - origin.1);
            if inside_x >= 0.0
                && inside_y >= 0.0
                && let Some(printed) = small.get_pixel_checked(inside_x as u32, inside_y as u32)
            {
                *pixel = *printed;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: u32, height: u32, colour: [u8; 3]) -> RgbImage {
        RgbImage::from_pixel(width, height, Rgb(colour))
    }

    #[test]
    fn the_canvas_has_the_size_asked_for_whatever_the_input_ratio() {
        for input in [(1, 1), (3000, 10), (10, 3000), (512, 512)] {
            let canvas = lay_out(&[flat(input.0, input.1, [9, 9, 9])], (640, 384));
            assert_eq!(canvas.dimensions(), (640, 384), "{input:?}");
        }
    }

    #[test]
    fn the_last_picture_is_the_base_and_the_others_lie_on_it() {
        let (red, green, blue) = ([200, 0, 0], [0, 200, 0], [0, 0, 200]);
        let inputs = [flat(40, 40, red), flat(40, 40, green), flat(64, 64, blue)];
        let canvas = lay_out(&inputs, (512, 512));
        let count = |colour| canvas.pixels().filter(|pixel| pixel.0 == colour).count();
        assert!(count(blue) > 512 * 512 / 2);
        assert!(count(red) > 10_000 && count(green) > 10_000);
        assert_eq!(canvas.get_pixel(500, 10).0, blue);
    }

    #[test]
    fn many_pictures_leave_the_corner_to_the_seal() {
        let (green, blue) = ([0, 200, 0], [0, 0, 200]);
        let mut inputs = vec![flat(90, 60, green); 9];
        inputs.push(flat(64, 64, blue));
        let canvas = lay_out(&inputs, (512, 768));
        let seal = (512.0 * (1.0 - 0.045 - SEAL_SIDE)) as u32;
        let beside = canvas.enumerate_pixels().filter(|(x, ..)| *x >= seal);
        assert!(beside.into_iter().all(|(.., pixel)| pixel.0 == blue));
        assert!(canvas.pixels().filter(|pixel| pixel.0 == green).count() > 2500);
    }

    #[test]
    fn a_covering_picture_is_cut_evenly() {
        let mut picture = flat(300, 100, [0, 0, 0]);
        for y in 0..100 {
            for x in 100..200 {
                picture.put_pixel(x, y, Rgb([255, 255, 255]));
            }
        }
        let middle = cover(&picture, (100, 100));
        assert!(middle.pixels().all(|pixel| pixel.0 == [255, 255, 255]));
    }
}
