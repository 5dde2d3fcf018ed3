//! One edit, from a checked call to the vendor's success answer: load, decode, lay out, paint, shelve.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use image::RgbImage;
use qwen_edit_api::{Model, Size, snapped};
use serde_json::{Value, json};

use crate::failure::ApiFailure;
use crate::faults::PictureFault;
use crate::painting::{self, Style};
use crate::pictures;
use crate::request::EditCall;
use crate::world::World;

/// Stands in for result hosts that a relay does not know; `.invalid` never resolves.
const UNKNOWN_HOST: &str = "https://dashscope-result-nowhere.oss-cn-nowhere.invalid";

/// Does the work of a call and answers `output` and `usage`.
///
/// # Errors
/// The vendor's error for a picture that cannot be read.
pub(crate) async fn edit(
    world: &Arc<World>,
    call: EditCall,
    fault: &PictureFault,
) -> Result<Value, ApiFailure> {
    let mut inputs = Vec::with_capacity(call.images.len());
    for reference in &call.images {
        inputs.push(pictures::load(world, reference, call.model.id, call.resolves_uploads).await?);
    }
    let (asked_size, input_count) = (call.size, inputs.len());
    let canvas = at_easel(world, move || {
        let decoded = inputs.iter().map(|bytes| pictures::decode(bytes)).collect::<Result<Vec<_>, _>>()?;
        let size = output_size(asked_size, decoded.last());
        Ok(Arc::new(painting::lay_out(&decoded, (size.width, size.height))))
    })
    .await?;
    let seed = match call.seed {
        Some(seed) => seed,
        None => getrandom::u32().map_err(|_| ApiFailure::internal())?,
    };
    let style = Style::of(&call.prompt, seed);
    let count = fault.partial.map_or(call.n, |partial| partial.min(call.n));
    let links = paint_all(world, &canvas, style, count, fault).await?;
    let size = Size { width: canvas.width(), height: canvas.height() };
    Ok(json!({
        "output": output(call.model, &links),
        "usage": usage(call.model, size, input_count, links.len()),
    }))
}

/// All pictures of a call at once, as far as there are processors.
async fn paint_all(
    world: &Arc<World>,
    canvas: &Arc<RgbImage>,
    style: Style,
    count: usize,
    fault: &PictureFault,
) -> Result<Vec<String>, ApiFailure> {
    let painted = futures_util::future::try_join_all((0..count).map(|index| {
        let canvas = Arc::clone(canvas);
        at_easel(world, move || painting::paint(&canvas, style, index).map_err(|_| ApiFailure::internal()))
    }))
    .await?;
    let life = fault.link_life.unwrap_or(world.settings.link_life);
    Ok(painted.into_iter().map(|png| shelve(world, png.into(), life, fault)).collect())
}

fn shelve(world: &World, png: Bytes, life: Duration, fault: &PictureFault) -> String {
    let path_and_query = world.results.lock().put(png, life, &world.signer);
    if fault.unknown_host_links {
        return format!("{UNKNOWN_HOST}{path_and_query}");
    }
    match world.base_url.strip_prefix("https://") {
        Some(host) if fault.http_links => format!("http://{host}{path_and_query}"),
        _ => format!("{}{path_and_query}", world.base_url),
    }
}

/// Runs heavy work off the async threads, as many pieces at a time as there are processors.
async fn at_easel<T: Send + 'static>(
    world: &World,
    work: impl FnOnce() -> Result<T, ApiFailure> + Send + 'static,
) -> Result<T, ApiFailure> {
    let permit = Arc::clone(&world.easels).acquire_owned().await.map_err(|_| ApiFailure::internal())?;
    let done = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(permit);
        result
    });
    done.await.unwrap_or_else(|_| Err(ApiFailure::internal()))
}

/// The size asked for, else about 1024 x 1024 pixels at the ratio of the last input; always multiples of 16.
/// (The 3.0 family takes the ratio from the prompt instead, which nobody here can read.)
fn output_size(asked: Option<Size>, last_input: Option<&RgbImage>) -> Size {
    /// Beyond this ratio the picture is cropped; the vendor's limit for inputs is unknown.
    const MAX_RATIO: f64 = 8.0;
    let size = asked.unwrap_or_else(|| {
        let ratio = last_input
            .map_or(1.0, |input| f64::from(input.width()) / f64::from(input.height()))
            .clamp(1.0 / MAX_RATIO, MAX_RATIO);
        let width = 1024.0 * ratio.sqrt();
        Size { width: width.round() as u32, height: (width / ratio).round() as u32 }
    });
    Size { width: snapped(size.width), height: snapped(size.height) }
}

/// Families with the newer answer shape.
fn is_third_generation(model: &Model) -> bool {
    ["qwen-image-3.", "qwen-image-2.1"].iter().any(|family| model.id.starts_with(family))
}

fn output(model: &Model, links: &[String]) -> Value {
    let content: Vec<Value> = links.iter().map(|link| json!({ "image": link })).collect();
    let mut output = json!({
        "choices": [{ "finish_reason": "stop", "message": { "role": "assistant", "content": content } }],
    });
    if is_third_generation(model) {
        output["rewrite_status"] = json!("not_use");
    }
    output
}

fn usage(model: &Model, size: Size, input_count: usize, output_count: usize) -> Value {
    if !is_third_generation(model) {
        return json!({ "width": size.width, "height": size.height, "image_count": output_count });
    }
    // The tier of the inputs is also judged by the output's area.
    let tier = if size.pixels() <= 2_250_000 { "1k" } else { "2k" };
    json!({
        "output_width": size.width,
        "output_height": size.height,
        "input_image_count": input_count,
        "input_image_type": format!("qima_input_{tier}"),
        "output_image_count": output_count,
        "output_image_type": format!("qima_output_{tier}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_size(width: u32, height: u32) -> (u32, u32) {
        let size = output_size(None, Some(&RgbImage::new(width, height)));
        (size.width, size.height)
    }

    #[test]
    fn the_default_size_follows_the_ratio_of_the_last_input() {
        assert_eq!(default_size(512, 512), (1024, 1024));
        assert_eq!(default_size(600, 400), (1248, 832));
        assert_eq!(default_size(400, 600), (832, 1248));
        assert_eq!(default_size(10_000, 1), (2896, 368));
    }

    #[test]
    fn a_size_is_snapped_as_in_the_documented_example() {
        let size = output_size(Some(Size { width: 1033, height: 1032 }), None);
        assert_eq!((size.width, size.height), (1040, 1024));
    }
}
