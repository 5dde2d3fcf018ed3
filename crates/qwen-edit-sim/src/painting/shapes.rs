//! Smooth-edged shapes by signed distance: negative inside, positive outside, in pixels.

use image::Rgb;

pub(crate) type Point = (f32, f32);
pub(crate) type Colour = [u8; 3];

/// How much of a pixel a shape covers, from the distance of the pixel's centre to the shape's edge.
pub(crate) fn coverage(distance: f32) -> f32 {
    (0.5 - distance).clamp(0.0, 1.0)
}

/// Rises smoothly from 0 at `from` to 1 at `to`.
pub(crate) fn smooth_step(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

pub(crate) fn circle(point: Point, centre: Point, radius: f32) -> f32 {
    (point.0 - centre.0).hypot(point.1 - centre.1) - radius
}

/// Near enough to a true distance for drawing: exact on the edge, scaled elsewhere.
pub(crate) fn ellipse(point: Point, centre: Point, radii: Point) -> f32 {
    let (x, y) = ((point.0 - centre.0) / radii.0, (point.1 - centre.1) / radii.1);
    (x.hypot(y) - 1.0) * radii.0.min(radii.1)
}

pub(crate) fn rounded_box(point: Point, centre: Point, half: Point, radius: f32) -> f32 {
    let x = (point.0 - centre.0).abs() - half.0 + radius;
    let y = (point.1 - centre.1).abs() - half.1 + radius;
    x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - radius
}

/// Distance to the line between two points, without thickness.
pub(crate) fn segment(point: Point, from: Point, to: Point) -> f32 {
    let (px, py) = (point.0 - from.0, point.1 - from.1);
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let along = ((px * dx + py * dy) / (dx * dx + dy * dy).max(f32::EPSILON)).clamp(0.0, 1.0);
    (px - dx * along).hypot(py - dy * along)
}

/// The pixels of a picture of `size` that lie within `reach` of `centre` on both axes.
pub(crate) fn pixels_around(
    size: (u32, u32),
    centre: Point,
    reach: Point,
) -> impl Iterator<Item = (u32, u32)> {
    let across = ((centre.0 - reach.0).max(0.0) as u32)..((centre.0 + reach.0).ceil() as u32).min(size.0);
    let down = ((centre.1 - reach.1).max(0.0) as u32)..((centre.1 + reach.1).ceil() as u32).min(size.1);
    down.flat_map(move |y| across.clone().map(move |x| (x, y)))
}

/// Lays `colour` over `under`; `alpha` is 0 to 1.
pub(crate) fn blend(under: &mut Rgb<u8>, colour: Colour, alpha: f32) {
    for (channel, over) in under.0.iter_mut().zip(colour) {
        *channel = mix(f32::from(*channel), f32::from(over), alpha).round() as u8;
    }
}

pub(crate) fn mix(from: f32, to: f32, amount: f32) -> f32 {
    from + (to - from) * amount
}

/// The colour at `position` (0 to 1) of a gradient with evenly spaced stops.
pub(crate) fn gradient(stops: &[Colour], position: f32) -> [f32; 3] {
    let last = stops.len().saturating_sub(1);
    let scaled = position.clamp(0.0, 1.0) * last as f32;
    let index = (scaled as usize).min(last.saturating_sub(1));
    let (Some(from), Some(to)) = (stops.get(index), stops.get((index + 1).min(last))) else {
        return [0.0; 3];
    };
    std::array::from_fn(|channel| {
        mix(f32::from(from[channel]), f32::from(to[channel]), scaled - index as f32)
    })
}
