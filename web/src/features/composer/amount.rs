//! How many pictures, and the seed.

use leptos::prelude::*;
use qwen_edit_api::Field;

use crate::components::icon::{DICE, IconView, MINUS, PLUS};
use crate::components::lazy::{lazy, press, typed};
use crate::components::problem_text::ProblemText;
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
    let problem = draft.problem(|field| field == Field::N);
    let step = move |by| draft.change(|form| form.step_count(by));
    view! {
        <h2><label for="count">{texts.parameters.count} <code class="api-name">"n"</code></label></h2>
        <div class="stepper" data-invalid=lazy(move || problem.with(Option::is_some).to_string())>
            <input
                class="stepper__value"
                id="count"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                aria-describedby="count-problem"
                aria-invalid=lazy(move || problem.with(Option::is_some).to_string())
                prop:value=lazy(move || draft.read(|form| form.n.clone()))
                on:input=typed(move |n| draft.change(|form| form.n = n))
            />
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
        </div>
        <ProblemText id="count-problem" text=problem/>
    }
}

#[component]
fn Seed() -> impl IntoView {
    let texts = texts();
    let draft: DraftContext = expect_context();
    let problem = draft.problem(|field| field == Field::Seed);
    let roll = move |_| {
        let seed = random_seed();
        draft.change(|form| form.seed = seed.to_string());
    };
    view! {
        <h2><label for="seed">{texts.parameters.seed} <code class="api-name">"seed"</code></label></h2>
        <div class="stepper" data-invalid=lazy(move || problem.with(Option::is_some).to_string())>
            <input
                class="stepper__value"
                id="seed"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                placeholder=texts.parameters.seed_random
                title=texts.parameters.seed_hint
                aria-describedby="seed-problem"
                aria-invalid=lazy(move || problem.with(Option::is_some).to_string())
                prop:value=lazy(move || draft.read(|form| form.seed.clone()))
                on:input=typed(move |seed| draft.change(|form| form.seed = seed))
            />
            <button
                class="stepper__button"
                type="button"
                aria-label=texts.parameters.seed_roll
                title=texts.parameters.seed_roll
                on:click=roll
            >
                <IconView icon=DICE/>
            </button>
        </div>
        <ProblemText id="seed-problem" text=problem/>
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
