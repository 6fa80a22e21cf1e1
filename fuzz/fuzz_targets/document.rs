#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| cashfall_fuzz::check_document(text));
