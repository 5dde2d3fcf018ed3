//! The shape of the result: the vendor's recommended sizes as drawn outlines, or one's own.

use leptos::prelude::*;
use qwen_edit_api::Field;
use qwen_edit_api::size::{Size, size_presets};

use crate::components::lazy::{lazy, press, typed};
use crate::components::problem_text::ProblemText;
use crate::context::{DraftContext, texts};
use crate::state::form::{Form, Shape};

#[component]
pub(crate) fn ShapeChoice() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let has_size = move || draft.read(|form| form.parameters().size);
    let problem = draft.problem(|field| field == Field::Size);
    let is_custom = move || draft.read(|form| form.shape == Shape::Custom);
    let is_preset = move || draft.read(|form| matches!(form.shape, Shape::Preset(_)));
    let summary = move || match draft.read(Form::size) {
        None => texts.parameters.size_auto_hint.to_owned(),
        Some(size) => size.replace('*', "×"),
    };
    view! {
        <fieldset class="group shapes" hidden=lazy(move || !has_size())>
            <legend>{texts.parameters.size} <code class="api-name">"size"</code></legend>
            <div class="shapes__grid">
                <ShapeOption shape=Shape::Auto label=texts.parameters.size_auto outline=None/>
                {size_presets()
                    .iter()
                    .map(|preset| {
                        view! {
                            <ShapeOption
                                shape=Shape::Preset(preset.ratio)
                                label=preset.ratio
                                outline=Some(preset.small)
                            />
                        }
                    })
                    .collect_view()}
                <ShapeOption shape=Shape::Custom label=texts.parameters.size_custom outline=None/>
            </div>
            <div class="shapes__detail">
                <span class="hint" aria-live="polite">{summary}</span>
                <span class="segments" role="group" aria-label=texts.parameters.size_scale hidden=lazy(move || !is_preset())>
                    <ScaleButton label=texts.parameters.size_standard large=false/>
                    <ScaleButton label=texts.parameters.size_large large=true/>
                </span>
            </div>
            <div class="shapes__custom" hidden=lazy(move || !is_custom())>
                <SideField
                    id="size-width"
                    label=texts.parameters.width
                    value=|form| form.width.clone()
                    change=|form, side| form.width = side
                />
                <span aria-hidden="true">"×"</span>
                <SideField
                    id="size-height"
                    label=texts.parameters.height
                    value=|form| form.height.clone()
                    change=|form, side| form.height = side
                />
            </div>
            <ProblemText id="size-problem" text=problem/>
        </fieldset>
    }
}

/// The longer side of a drawn outline, in pixels of the drawing.
const OUTLINE: u32 = 26;

#[component]
fn ShapeOption(shape: Shape, label: &'static str, outline: Option<Size>) -> impl IntoView {
    let draft: DraftContext = expect_context();
    let class = match shape {
        Shape::Auto => "shape shape--auto",
        Shape::Preset(_) => "shape",
        Shape::Custom => "shape shape--custom",
    };
    let value = label;
    let (width, height) = outline.map_or((22, 22), |size| {
        let longer = size.width.max(size.height);
        (size.width * OUTLINE / longer, size.height * OUTLINE / longer)
    });
    let outline = format!(
        r#"<svg class="shape__outline" width="{width}" height="{height}"><rect x="1" y="1" width="{}" height="{}" rx="2.5"/></svg>"#,
        width - 2,
        height - 2,
    );
    let is_chosen = {
        let shape = shape.clone();
        move || draft.read(|form| form.shape.clone()) == shape
    };
    view! {
        <label class=class>
            <input
                class="visually-hidden"
                type="radio"
                name="shape"
                value=value
                prop:checked=is_chosen
                on:change=move |_| {
                    let shape = shape.clone();
                    draft.change(|form| form.shape = shape);
                }
            />
            <span class="icon-box" aria-hidden="true" inner_html=outline></span>
            <span>{label}</span>
        </label>
    }
}

#[component]
fn ScaleButton(label: &'static str, large: bool) -> impl IntoView {
    let draft: DraftContext = expect_context();
    view! {
        <button
            class="segment"
            type="button"
            aria-pressed=lazy(move || (draft.read(|form| form.large) == large).to_string())
            on:click=press(move || draft.change(|form| form.large = large))
        >
            {label}
        </button>
    }
}

#[component]
fn SideField(
    id: &'static str,
    label: &'static str,
    value: fn(&Form) -> String,
    change: fn(&mut Form, String),
) -> impl IntoView {
    let draft: DraftContext = expect_context();
    view! {
        <label class="side">
            <span class="hint">{label}</span>
            <input
                class="field"
                id=id
                type="text"
                inputmode="numeric"
                autocomplete="off"
                aria-describedby="size-problem"
                prop:value=lazy(move || draft.read(value))
                on:input=typed(move |side| draft.change(|form| change(form, side)))
            />
        </label>
    }
}
