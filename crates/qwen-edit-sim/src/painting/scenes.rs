//! Two small scenes, drawn in code. They stand in for the sample pictures of the vendor's help page, which are not
//! ours to ship: a city by a river, and a cartoon character.

use image::{Rgb, RgbImage};

use super::shapes::{
    Colour, Point, blend, circle, coverage, ellipse, gradient, mix, rounded_box, segment, smooth_step,
};

/// A city at dusk with its reflection in a river, 1248 x 832.
pub(crate) fn city() -> RgbImage {
    const SIZE: (u32, u32) = (1248, 832);
    const SHORE: f32 = 560.0;
    RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let point = (x as f32 + 0.5, y as f32 + 0.5);
        if point.1 < SHORE {
            return dusk(point);
        }
        // The river mirrors the city, a little shaken and darker the nearer it is.
        let depth = point.1 - SHORE;
        let shake = (point.1 * 0.55).sin() * (point.1 * 0.13 + point.0 * 0.01).sin() * (1.0 + depth * 0.035);
        let mut water = dusk((point.0 + shake, (SHORE - depth * 1.55).max(0.0)));
        blend(&mut water, [0x14, 0x24, 0x42], 0.28 + depth / 272.0 * 0.34);
        blend(&mut water, [0x0C, 0x12, 0x24], 0.55 * coverage((depth - 3.0).abs() - 2.0));
        water
    })
}

fn dusk(point: Point) -> Rgb<u8> {
    const SKY: [Colour; 5] =
        [[0x1D, 0x2C, 0x58], [0x4C, 0x56, 0x8A], [0xB9, 0x7C, 0x8C], [0xF2, 0xA9, 0x7A], [0xFB, 0xD9, 0x9E]];
    let mut pixel = Rgb(gradient(&SKY, point.1 / 560.0).map(|channel| channel.round() as u8));
    let sun = circle(point, (830.0, 430.0), 46.0);
    blend(&mut pixel, [0xFF, 0xE9, 0xBC], 0.55 * (1.0 - smooth_step(0.0, 260.0, sun)));
    blend(&mut pixel, [0xFF, 0xF6, 0xDD], coverage(sun));
    for (index, row) in ROWS.iter().enumerate() {
        row.draw(index as u32, point, &mut pixel);
    }
    pixel
}

/// A row of buildings of one distance.
struct Row {
    colour: Colour,
    /// Width of a building and the range of its roofs, in pixels from the top.
    width: f32,
    roofs: (f32, f32),
    /// Share of windows with light in them, 0 for buildings too far away to show any.
    lit: f32,
}

/// From far to near.
const ROWS: [Row; 3] = [
    Row { colour: [0xA0, 0x7C, 0x92], width: 58.0, roofs: (330.0, 470.0), lit: 0.0 },
    Row { colour: [0x5E, 0x53, 0x7C], width: 74.0, roofs: (250.0, 480.0), lit: 0.22 },
    Row { colour: [0x25, 0x2A, 0x4C], width: 104.0, roofs: (330.0, 520.0), lit: 0.42 },
];

impl Row {
    fn draw(&self, row: u32, point: Point, pixel: &mut Rgb<u8>) {
        let shifted = point.0 + row as f32 * 31.0;
        let building = (shifted / self.width) as u32;
        let across = shifted - building as f32 * self.width;
        let roof = mix(self.roofs.0, self.roofs.1, chance(row, building, 0));
        let gap = 3.0 + 10.0 * chance(row, building, 1);
        let centre = (self.width / 2.0, roof + 400.0);
        let body = rounded_box((across, point.1), centre, (self.width / 2.0 - gap / 2.0, 400.0), 3.0);
        let mast = segment((across, point.1), (centre.0, roof), (centre.0, roof - 46.0)) - 1.6;
        let has_mast = chance(row, building, 2) > 0.72;
        let shape = if has_mast { body.min(mast) } else { body };
        blend(pixel, self.colour, coverage(shape));
        if self.lit > 0.0 && body < -7.0 {
            self.draw_window(row, building, (across, point.1 - roof), pixel);
        }
    }

    fn draw_window(&self, row: u32, building: u32, point: Point, pixel: &mut Rgb<u8>) {
        const PITCH: Point = (13.0, 17.0);
        let (column, storey) = ((point.0 / PITCH.0) as u32, (point.1 / PITCH.1) as u32);
        let place = storey * 97 + column + 16;
        if chance(row, building, place) > self.lit {
            return;
        }
        let inside = (point.0 % PITCH.0 - PITCH.0 / 2.0, point.1 % PITCH.1 - PITCH.1 / 2.0);
        let glow = mix(0.45, 0.95, chance(row, building, place + 7));
        blend(pixel, [0xFF, 0xD6, 0x8A], glow * coverage(rounded_box(inside, (0.0, 0.0), (3.2, 4.6), 0.8)));
    }
}

/// A number from 0 to 1 that looks random and is always the same for the same place.
fn chance(row: u32, building: u32, detail: u32) -> f32 {
    let mut number =
        row.wrapping_mul(0x9E37_79B9) ^ building.wrapping_mul(0x85EB_CA6B) ^ detail.wrapping_mul(0xC2B2_AE35);
    number ^= number >> 15;
    number = number.wrapping_mul(0x2C1B_3C6D);
    number ^= number >> 12;
    number = number.wrapping_mul(0x297A_2D39);
    number ^= number >> 15;
    (number >> 8) as f32 / (1 << 24) as f32
}

/// A round, friendly creature in flat colours, 1024 x 1024.
pub(crate) fn character() -> RgbImage {
    const BODY: Colour = [0x2F, 0x9C, 0x95];
    const SHADE: Colour = [0x25, 0x80, 0x7C];
    const BELLY: Colour = [0xF6, 0xE7, 0xC8];
    const INK: Colour = [0x26, 0x23, 0x2B];
    const WHITE: Colour = [0xFF, 0xFF, 0xFF];
    const BLUSH: Colour = [0xF0, 0x8B, 0x72];
    RgbImage::from_fn(1024, 1024, |x, y| {
        // Left and right are alike: fold the picture along its middle.
        let real = (x as f32 + 0.5, y as f32 + 0.5);
        let point = (512.0 + (real.0 - 512.0).abs(), real.1);
        let mut pixel = Rgb([0xFB, 0xF6, 0xEA]);
        let mut draw = |distance: f32, colour: Colour| blend(&mut pixel, colour, coverage(distance));
        draw(circle(real, (512.0, 500.0), 430.0), [0xF7, 0xDD, 0x9F]);
        draw(ellipse(real, (512.0, 872.0), (270.0, 34.0)), [0xE5, 0xC3, 0x7E]);
        draw(circle(point, (668.0, 286.0), 76.0), BODY);
        draw(circle(point, (668.0, 286.0), 40.0), BLUSH);
        draw(segment(point, (712.0, 600.0), (800.0, 520.0)) - 46.0, SHADE);
        draw(rounded_box(point, (618.0, 832.0), (74.0, 42.0), 40.0), SHADE);
        draw(ellipse(point, (512.0, 560.0), (262.0, 300.0)), BODY);
        draw(ellipse(point, (512.0, 660.0), (170.0, 176.0)), BELLY);
        draw(circle(point, (606.0, 470.0), 62.0), WHITE);
        draw(circle(point, (600.0, 476.0), 36.0), INK);
        draw(circle(real, (412.0, 462.0), 12.0), WHITE);
        draw(circle(real, (588.0, 462.0), 12.0), WHITE);
        draw(ellipse(point, (690.0, 556.0), (36.0, 24.0)), BLUSH);
        draw(smile(point), INK);
        pixel
    })
}

/// The lower half of a ring.
fn smile(point: Point) -> f32 {
    let ring = circle(point, (512.0, 540.0), 44.0).abs() - 8.0;
    ring.max(556.0 - point.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scenes_have_something_on_them() {
        for scene in [city(), character()] {
            let colours: std::collections::HashSet<_> = scene.pixels().map(|pixel| pixel.0).collect();
            assert!(colours.len() > 200, "{} colours", colours.len());
        }
    }
}
