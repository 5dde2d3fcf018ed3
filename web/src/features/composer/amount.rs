//! How many pictures, and the seed.

use leptos::prelude::*;
use qwen_edit_api::Field;

use crate::components::icon::{DICE, IconView, MINUS, PLUS};
use crate::components::lazy::{lazy, press};
use crate::components::number_field::NumberField;
use crate::context::{DraftContext, texts};

/// How many seeds the API takes, counted from 0.
const SEEDS: f64 = 2_147_483_648.0;

#[component]
pub(crate) fn Amount() -> impl IntoView {
    let draft: DraftContext = expect_context();
    let has_count = move || draft.read(|form| form.outputs().max > 1);
    let has_seed = move || draft.read(|form| form.parameters().seed);
    view! {
        <div class="pair">
            <div class="group" hidden=lazy(move || !has_count())><Count/></div>
            <div class="group" hidden=lazy(move || !has_seed())><Seed/></div>
        </div>
    }
}

#[component]
fn Count() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let step = move |by| draft.change(|form| form.step_count(by));
    view! {
        <NumberField
            id="count"
            label=texts.parameters.count
            api_name="n"
            value=Signal::derive(move || draft.read(|form| form.n.clone()))
            change=move |n| draft.change(|form| form.n = n)
            problem=draft.problem(|field| field == Field::N)
            problem_id="count-problem"
        >
            <button
                class="stepper__button"
                type="button"
                aria-label=texts.parameters.fewer
                disabled=lazy(move || draft.read(|form| form.count() <= form.outputs().min))
                on:click=press(move || step(-1))
            >
                <IconView icon=MINUS/>
            </button>
            <button
                class="stepper__button"
                type="button"
                aria-label=texts.parameters.more
                disabled=lazy(move || draft.read(|form| form.count() >= form.outputs().max))
                on:click=press(move || step(1))
            >
                <IconView icon=PLUS/>
            </button>
        </NumberField>
    }
}

#[component]
fn Seed() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    view! {
        <NumberField
            id="seed"
            label=texts.parameters.seed
            api_name="seed"
            placeholder=texts.parameters.seed_random
            value=Signal::derive(move || draft.read(|form| form.seed.clone()))
            change=move |seed| draft.change(|form| form.seed = seed)
            problem=draft.problem(|field| field == Field::Seed)
            problem_id="seed-problem"
        >
            <button
                class="stepper__button"
                type="button"
                aria-label=texts.parameters.seed_roll
                title=texts.parameters.seed_hint
                on:click=press(move || draft.change(|form| form.seed = random_seed().to_string()))
            >
                <IconView icon=DICE/>
            </button>
        </NumberField>
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "random() is at least 0 and below 1"
)]
fn random_seed() -> u32 {
    (js_sys::Math::random() * SEEDS) as u32
}
