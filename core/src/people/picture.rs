//! Pictures of people: small ones, made here from any, and others' only after a look.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    imageops::FilterType,
};

use beseda_protocol::limits;

use crate::error::{Error, Result};

/// Largest picture of a profile, in bytes.
pub const BYTES: usize = limits::PICTURE_BYTES;
/// Width and height of one's own picture; others' have no more either.
pub const SIDE: u32 = 128;
/// Largest file that one's own picture is made of, in bytes.
pub const SOURCE_BYTES: usize = 32 * 1024 * 1024;
/// Its largest width and height, and the memory that decoding it may take.
const SOURCE_SIDE: u32 = 16_384;
const SOURCE_MEMORY: u64 = 512 * 1024 * 1024;
/// A picture of 128 by 128 takes 64 KiB; decoders want some more.
const MEMORY: u64 = 4 * 1024 * 1024;
/// JPEG qualities, tried until the picture is small enough: the first nearly always is.
const QUALITIES: [u8; 3] = [85, 70, 40];

/// What a picture is, for whoever draws it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
}

impl Kind {
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        match image::guess_format(bytes).ok()? {
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::WebP => Some(Self::Webp),
            _ => None,
        }
    }
}

/// Somebody else's picture, if it may be shown: small, one of three formats by its first bytes, and whole. Decoding it
/// here, within limits, keeps what would trouble a decoder from the window's.
#[must_use]
pub fn look_at(bytes: &[u8]) -> Option<Kind> {
    if bytes.len() > BYTES {
        return None;
    }
    let kind = Kind::of(bytes)?;
    decode(bytes, SIDE, MEMORY).map(|_| kind)
}

/// One's own picture of any picture: its middle, 128 by 128, as JPEG.
///
/// # Errors
/// [`Error::BadPicture`] when it is none of the formats, or too large.
pub fn make(source: &[u8]) -> Result<Vec<u8>> {
    if source.len() > SOURCE_BYTES || Kind::of(source).is_none() {
        return Err(Error::BadPicture);
    }
    let whole = decode(source, SOURCE_SIDE, SOURCE_MEMORY).ok_or(Error::BadPicture)?;
    let small = whole.resize_to_fill(SIDE, SIDE, FilterType::Lanczos3).to_rgba8();
    // What can be seen through is white.
    let flat = image::RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let image::Rgba([r, g, b, a]) = *small.get_pixel(x, y);
        let over = |c: u8| ((u16::from(c) * u16::from(a) + 255 * (255 - u16::from(a))) / 255) as u8;
        image::Rgb([over(r), over(g), over(b)])
    });
    for quality in QUALITIES {
        let mut bytes = Vec::new();
        let written = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&flat);
        if written.is_ok() && bytes.len() <= BYTES {
            return Ok(bytes);
        }
    }
    Err(Error::BadPicture)
}

/// The right way up. Whatever a decoder makes of hostile bytes, it is `None` here.
fn decode(bytes: &[u8], side: u32, memory: u64) -> Option<DynamicImage> {
    std::panic::catch_unwind(|| {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(side);
        limits.max_image_height = Some(side);
        limits.max_alloc = Some(memory);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().ok()?;
        let (width, height) = decoder.dimensions();
        if width == 0 || height == 0 || width > side || height > side {
            return None;
        }
        let orientation = decoder.orientation().ok()?;
        let mut image = DynamicImage::from_decoder(decoder).ok()?;
        image.apply_orientation(orientation);
        Some(image)
    })
    .ok()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let image = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]));
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(image).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn ones_own_picture_is_made_small_and_passes_everybodys_look() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let made = make(&drawn(640, 300, format)).unwrap();
            assert_eq!(look_at(&made), Some(Kind::Jpeg));
            assert!(made.len() < BYTES / 2, "{}", made.len());
        }
        assert!(matches!(make(b"GIF89a..."), Err(Error::BadPicture)));
        assert!(matches!(make(b"<svg/>"), Err(Error::BadPicture)));
        assert!(matches!(make(&[]), Err(Error::BadPicture)));
    }

    #[test]
    fn what_is_too_large_damaged_or_of_another_kind_is_not_shown() {
        let fine = drawn(128, 128, ImageFormat::Png);
        assert_eq!(look_at(&fine), Some(Kind::Png));
        assert_eq!(look_at(&drawn(129, 128, ImageFormat::Png)), None);
        assert_eq!(look_at(&fine[..fine.len() / 2]), None);
        assert_eq!(look_at(&[fine.clone(), vec![0; BYTES]].concat()), None);
        assert_eq!(look_at(b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"), None);
        assert_eq!(look_at(b""), None);
        // A PNG that claims to be 65,535 wide.
        let mut claims = fine;
        claims[16..20].copy_from_slice(&65_535_u32.to_be_bytes());
        assert_eq!(look_at(&claims), None);
    }
}
