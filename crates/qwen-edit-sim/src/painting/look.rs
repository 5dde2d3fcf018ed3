//! The looks: each recolours a whole picture, so that an "edit" is plain to see and no two of one call are alike.

use image::{Rgb, RgbImage};

use super::shapes::{Colour, gradient, mix, smooth_step};

/// One way to tone a picture.
#[derive(Debug)]
pub(crate) struct Look {
    /// Colours from the darkest to the lightest tone.
    tones: &'static [Colour],
    /// How far the tones replace the picture's own colours, 0 to 1.
    strength: f32,
    /// Of the picture's own colours; 1 leaves them as they are.
    saturation: f32,
    /// Around the middle grey; 1 leaves it as it is.
    contrast: f32,
    /// Number of brightness steps of a poster; 0 for none.
    steps: u8,
    /// How much darker the corners get, 0 to 1.
    vignette: f32,
}

const LOOKS: [Look; 8] = [
    // Golden hour.
    Look {
        tones: &[[0x2A, 0x12, 0x0A], [0xB0, 0x5A, 0x26], [0xFF, 0xD0, 0x86], [0xFF, 0xF4, 0xDC]],
        strength: 0.52,
        saturation: 1.15,
        contrast: 1.06,
        steps: 0,
        vignette: 0.34,
    },
    // Ink on paper.
    Look {
        tones: &[[0x1B, 0x1A, 0x17], [0x55, 0x50, 0x49], [0xB9, 0xB2, 0xA6], [0xFA, 0xF8, 0xF4]],
        strength: 0.96,
        saturation: 0.3,
        contrast: 1.16,
        steps: 0,
        vignette: 0.14,
    },
    // Indigo print.
    Look {
        tones: &[[0x0B, 0x18, 0x3A], [0x2C, 0x52, 0x8F], [0xA4, 0xC2, 0xDD], [0xF5, 0xF3, 0xEC]],
        strength: 0.92,
        saturation: 0.4,
        contrast: 1.12,
        steps: 0,
        vignette: 0.18,
    },
    // Poster.
    Look {
        tones: &[[0x16, 0x12, 0x2B], [0x7B, 0x2D, 0x4E], [0xF0, 0x8A, 0x4B], [0xFF, 0xEF, 0xC9]],
        strength: 0.5,
        saturation: 1.35,
        contrast: 1.12,
        steps: 6,
        vignette: 0.0,
    },
    // Blue hour.
    Look {
        tones: &[[0x05, 0x10, 0x27], [0x21, 0x4F, 0x74], [0x86, 0xB8, 0xC4], [0xF3, 0xF1, 0xE4]],
        strength: 0.6,
        saturation: 0.9,
        contrast: 1.05,
        steps: 0,
        vignette: 0.36,
    },
    // Vermilion print.
    Look {
        tones: &[[0x2B, 0x0D, 0x0A], [0xB8, 0x33, 0x20], [0xF1, 0xB2, 0x8C], [0xFC, 0xF3, 0xE6]],
        strength: 0.86,
        saturation: 0.5,
        contrast: 1.08,
        steps: 0,
        vignette: 0.12,
    },
    // Jade.
    Look {
        tones: &[[0x0B, 0x1D, 0x1A], [0x2C, 0x6B, 0x5C], [0xAE, 0xCD, 0xA8], [0xF8, 0xF4, 0xE0]],
        strength: 0.66,
        saturation: 0.75,
        contrast: 1.06,
        steps: 0,
        vignette: 0.22,
    },
    // Faded film.
    Look {
        tones: &[[0x46, 0x36, 0x4E], [0x9A, 0x72, 0x73], [0xDD, 0xC0, 0xA2], [0xF6, 0xEC, 0xD8]],
        strength: 0.6,
        saturation: 0.7,
        contrast: 0.84,
        steps: 0,
        vignette: 0.1,
    },
];

/// Walks through the looks from a start that the style decides; a call has at most six pictures, so all differ.
pub(crate) fn choose(style: u64, index: usize) -> &'static Look {
    let count = LOOKS.len();
    let start = (style % count as u64) as usize;
    &LOOKS[(start + index) % count]
}

/// Recolours the whole picture. Works from tables: a picture has up to four million pixels.
pub(crate) fn apply(canvas: &RgbImage, look: &Look) -> RgbImage {
    let curve: [f32; 256] = std::array::from_fn(|value| look.curve(value as f32));
    let tones: [[f32; 3]; 256] = std::array::from_fn(|value| gradient(look.tones, value as f32 / 255.0));
    let (width, height) = canvas.dimensions();
    let mut picture = RgbImage::new(width, height);
    for (y, (from, to)) in canvas.rows().zip(picture.rows_mut()).enumerate() {
        let down = centred(y, height);
        for (x, (from, to)) in from.zip(to).enumerate() {
            let across = centred(x, width);
            *to = look.tone(*from, &curve, &tones, look.light(across, down));
        }
    }
    picture
}

impl Look {
    fn curve(&self, value: f32) -> f32 {
        let value = ((value - 127.5) * self.contrast + 127.5).clamp(0.0, 255.0);
        if self.steps == 0 {
            return value;
        }
        // Steps with soft edges, so that skies do not turn into noise.
        let steps = f32::from(self.steps) - 1.0;
        let scaled = value / 255.0 * steps;
        let edge = smooth_step(0.35, 0.65, scaled.fract());
        (scaled.floor() + edge) / steps * 255.0
    }

    /// Brightness at a place, given its distance from the centre on both axes.
    fn light(&self, across: f32, down: f32) -> f32 {
        let distance = (across * across + down * down) * 0.5;
        1.0 - self.vignette * smooth_step(0.15, 1.0, distance)
    }

    fn tone(&self, from: Rgb<u8>, curve: &[f32; 256], tones: &[[f32; 3]; 256], light: f32) -> Rgb<u8> {
        let own = from.0.map(|channel| curve[usize::from(channel)]);
        let grey = 0.299 * own[0] + 0.587 * own[1] + 0.114 * own[2];
        let tone = tones[usize::from(grey.round() as u8)];
        Rgb(std::array::from_fn(|channel| {
            let coloured = mix(grey, own[channel], self.saturation);
            (mix(coloured, tone[channel], self.strength) * light).round() as u8
        }))
    }
}

/// -1 at one edge, 0 in the middle, 1 at the other edge.
fn centred(position: usize, length: u32) -> f32 {
    (position as f32 + 0.5) / length as f32 * 2.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_changes_a_picture_visibly() {
        let canvas = RgbImage::from_fn(64, 64, |x, y| Rgb([(x * 4) as u8, (y * 4) as u8, 128]));
        for (index, look) in LOOKS.iter().enumerate() {
            let toned = apply(&canvas, look);
            let difference: u64 = canvas
                .as_raw()
                .iter()
                .zip(toned.as_raw())
                .map(|(before, after)| u64::from(before.abs_diff(*after)))
                .sum();
            let mean = difference / canvas.as_raw().len() as u64;
            assert!(mean >= 12, "look {index} changes each channel by {mean} only");
        }
    }

    #[test]
    fn a_poster_has_few_brightness_steps() {
        let ramp = RgbImage::from_fn(256, 1, |x, _| Rgb([x as u8; 3]));
        let poster = LOOKS.iter().find(|look| look.steps > 0).unwrap();
        let flat_runs = apply(&ramp, poster)
            .as_raw()
            .chunks(3)
            .collect::<Vec<_>>()
            .windows(2)
            .filter(|pair| pair[0] == pair[1])
            .count();
        assert!(flat_runs > 120, "{flat_runs}");
    }
}
