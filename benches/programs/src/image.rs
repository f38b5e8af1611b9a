//! Decodes the picture that is given, shrinks it to a third, blurs it, and writes it to standard output as JPEG.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use std::error::Error;
use std::io;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("a picture is needed")?;
    let picture = image::open(path)?;
    let small = picture.resize(picture.width() / 3, picture.height() / 3, FilterType::Lanczos3).blur(1.5);
    let mut jpeg = Vec::new();
    small.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 85))?;
    io::copy(&mut jpeg.as_slice(), &mut io::stdout())?;
    Ok(())
}
