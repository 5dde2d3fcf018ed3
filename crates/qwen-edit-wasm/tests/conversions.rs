//! Conversions between JavaScript and Rust, without a relay: what `Core` takes, gives and throws.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use js_sys::{Array, Function, JSON, Reflect, TypeError};
use qwen_edit_wasm::Core;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A JavaScript expression.
fn js(expression: &str) -> JsValue {
    Function::new_no_args(&format!("return ({expression})")).call0(&JsValue::NULL).unwrap()
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap()
}

fn json(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

fn core(options: &str) -> Result<Core, JsValue> {
    // No test here reads a picture.
    Core::new(&js(options), Function::new_no_args("return Promise.reject(new Error('no codec'))"))
}

fn demo() -> Core {
    core("{ relay: '/relay', region: 'demo' }").unwrap()
}

async fn rejection(request: &str) -> JsValue {
    demo().edit(js(request)).await.unwrap_err()
}

/// The words of a mistake in the calling code.
fn mistake(thrown: &JsValue) -> String {
    thrown.dyn_ref::<TypeError>().unwrap().message().into()
}

#[wasm_bindgen_test]
fn a_wrong_type_is_named_with_its_place_and_its_type() {
    let cases = [
        ("undefined", "options: expected an object, got undefined"),
        ("[]", "relay: expected a string, got undefined"),
        ("{ relay: 1 }", "relay: expected a string, got number"),
        ("{ relay: '/r', key: [] }", "key: expected a string, got array"),
        (
            "{ relay: '/r', allowBrowserKey: 1, key: 'sk-a' }",
            "allowBrowserKey: expected true or false, got number",
        ),
        ("{ relay: '/r', timeoutMs: 1.5 }", "timeoutMs: expected a whole number, got 1.5"),
        ("{ relay: '/r', timeoutMs: Infinity }", "timeoutMs: expected a whole number, got Infinity"),
        ("{ relay: '/r', timeoutMs: -1 }", "timeoutMs: expected a number from 1, got -1"),
    ];
    for (options, expected) in cases {
        assert_eq!(mistake(&core(options).unwrap_err()), expected, "{options}");
    }
}

#[wasm_bindgen_test]
fn null_and_undefined_are_left_out() {
    assert!(core("{ relay: '/r', region: null, key: undefined, fetch: null, timeoutMs: undefined }").is_ok());
}

#[wasm_bindgen_test]
fn a_getter_that_throws_is_heard() {
    let thrown = core("{ get relay() { throw 'mine' } }").unwrap_err();
    assert_eq!(thrown.as_string().as_deref(), Some("mine"));
}

#[wasm_bindgen_test]
fn an_error_is_a_real_one_with_everything_a_page_asks_for() {
    let error = core("{ relay: '/r', key: 'sk-secret' }").unwrap_err();
    assert!(error.is_instance_of::<js_sys::Error>());
    for (name, expected) in
        [("name", "QwenEditError"), ("code", "browser-key"), ("retry", "never"), ("charged", "no")]
    {
        assert_eq!(text(&error, name), expected);
    }
    assert!(!text(&error, "message").contains("sk-secret"));
    assert_eq!(Array::from(&get(&error, "violations")).length(), 0);
    assert!(get(&error, "status").is_undefined());
}

#[wasm_bindgen_test]
async fn any_list_of_pictures_is_taken_and_nothing_else() {
    for list in
        ["new Set(['https://h.example/a.png'])", "(function* () { yield 'https://h.example/a.png' })()"]
    {
        let validation = demo().validate(&js(&format!("{{ images: {list}, prompt: 'p' }}"))).unwrap();
        assert_eq!(json(&get(&validation, "violations")), "[]", "{list}");
    }
    let thrown = rejection("{ images: { [Symbol.iterator]() { throw 'mine' } }, prompt: 'p' }").await;
    assert_eq!(thrown.as_string().as_deref(), Some("mine"));
    for list in ["'https://h.example/a.png'", "7", "new Blob([])", "{}"] {
        let thrown = rejection(&format!("{{ images: {list}, prompt: 'p' }}")).await;
        assert!(mistake(&thrown).starts_with("images: expected a list"), "{list}");
    }
}

#[wasm_bindgen_test]
fn violations_have_the_names_of_the_options_and_the_numbers_of_the_rules() {
    let request = "{ images: ['h'], prompt: 'p', model: 'qwen-image-edit', n: 2, negativePrompt: 'x'.repeat(501), promptExtend: true }";
    let validation = demo().validate(&js(request)).unwrap();
    let violations = json(&get(&validation, "violations"));
    for part in [
        r#"{"field":"images[0]","code":"picture-url-invalid""#,
        r#"{"field":"n","code":"out-of-range","message":"is 2, must be 1 to 1","min":1,"max":1,"got":2}"#,
        r#"{"field":"negativePrompt","code":"too-long""#,
    ] {
        assert!(violations.contains(part), "{part} in {violations}");
    }
    assert!(json(&get(&validation, "warnings")).contains("legacy-model"));
}

#[wasm_bindgen_test]
fn the_price_is_known_where_the_price_list_says_it() {
    let estimate = |core: &Core, request: &str| core.estimate(&js(request)).unwrap();
    let request = "{ images: ['https://h.example/a.png'], prompt: 'p', n: 3 }";
    assert_eq!(json(&estimate(&demo(), request)), r#"{"cny":0}"#);
    let beijing = core("{ relay: '/relay' }").unwrap();
    assert!(get(&estimate(&beijing, request), "cny").as_f64().unwrap() > 0.0);
    assert!(estimate(&beijing, "{ images: [], prompt: 'p', model: 'mine' }").is_undefined());
}

#[wasm_bindgen_test]
fn models_are_plain_data() {
    let models = Array::from(&demo().models());
    assert!(models.length() >= 10);
    let first = json(&models.get(0));
    assert!(first.starts_with(r#"{"id":"qwen-image-2.0-pro","name":{"zh":"#), "{first}");
    assert!(
        first.contains(r#""parameters":["n","size","seed","negativePrompt","promptExtend","watermark"]"#),
        "{first}"
    );
}
