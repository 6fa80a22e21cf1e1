//! Prints the listing of a deal document: `cargo run --example listing -- deal.toml`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("expected the path of a deal document")?;
    let text = std::fs::read_to_string(&path)?;
    let deal = cashfall::deal::Deal::from_toml(&text, &path)?;
    print!("{}", cashfall::plan::Plan::compile(&deal, &path)?.listing());
    Ok(())
}
