//! The edit being prepared: pictures, instruction, parameters, and the button that runs it.

mod advanced;
mod amount;
mod code_dialog;
mod instruction;
mod link_dialog;
mod model;
mod pictures;
mod receipts;
mod run_bar;
mod shape;
mod template_chips;

use leptos::prelude::*;

/// The composer's column.
#[component]
pub(crate) fn Composer() -> impl IntoView {
    view! {
        <div class="composer">
            <div class="composer__form">
                <pictures::Pictures/>
                <instruction::Instruction/>
                <model::ModelChoice/>
                <shape::ShapeChoice/>
                <amount::Amount/>
                <advanced::Advanced/>
                <code_dialog::ShowCode/>
            </div>
            <run_bar::RunBar/>
        </div>
    }
}
