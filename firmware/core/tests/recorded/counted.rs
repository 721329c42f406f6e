//! What of a stream is whole, counted without our own code.
use super::ubx_frame;

const FORMATTERS: [&str; 11] = [
    "GGA", "GNS", "GST", "HDT", "HPD", "HPR", "RMC", "THS", "TRA", "VTG", "ZDA",
];

/// Counted without our code: frames whose sums hold, one after the other, each looked for at every byte; those that are read,
/// and the others.
pub fn good_frames(bytes: &[u8]) -> (u64, u64) {
    let (mut ours, mut foreign, mut rest) = (0, 0, bytes);
    while !rest.is_empty() {
        let frame = ubx_frame(rest).or_else(|| rtcm_frame(rest));
        match frame {
            Some([0xB5, 0x62, 0x01, 0x07 | 0x14, ..]) => ours += 1,
            Some([0xB5, 0x62, 0x01, 0x3C, 64, ..]) => ours += 1,
            Some(_) => foreign += 1,
            None => {}
        }
        rest = &rest[frame.map_or(1, <[u8]>::len)..];
    }
    (ours, foreign)
}

/// The RTCM frame that the bytes begin with, if its CRC holds; the CRC is counted bit by bit, as its document writes it.
fn rtcm_frame(bytes: &[u8]) -> Option<&[u8]> {
    let [0xD3, high @ 0..4, low, ..] = bytes else {
        return None;
    };
    let frame = bytes.get(..usize::from(*high) * 256 + usize::from(*low) + 6)?;
    let bits = frame.iter().flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1));
    let rest = bits.fold(0u32, |rest, bit| {
        let next = rest << 1 | u32::from(bit);
        if next & 0x100_0000 == 0 {
            next
        } else {
            next ^ 0x186_4CFB
        }
    });
    (rest == 0).then_some(frame)
}

/// Counted without our code: pieces between line ends whose last `$` begins two letters and one of the formatters that
/// we read (or KSXT, or a vendor's own that we read), and whose two digits behind `*` are the XOR.
pub fn good_lines(bytes: &[u8]) -> u64 {
    let pieces = bytes
        .split_inclusive(|b| *b == b'\r' || *b == b'\n')
        .filter(|piece| !piece.ends_with(b"$"));
    pieces.filter(|piece| is_good(piece).unwrap_or(false)).count() as u64
}

fn is_good(piece: &[u8]) -> Option<bool> {
    let (end, piece) = piece.split_last()?;
    let text = std::str::from_utf8(&piece[piece.iter().rposition(|b| *b == b'$' || *b == b'#')?..]).ok()?;
    let (body, sum) = text.strip_prefix('$')?.split_once('*')?;
    // A sum may be right by chance, but no sentence has such bytes.
    text.bytes().all(|byte| (0x20..0x7F).contains(&byte)).then_some(())?;
    let address = body.split(',').next()?;
    let read = address == "KSXT"
        || (address.len() == 5 && !address.starts_with('P') && FORMATTERS.contains(&&address[2..]))
        || ["PTNL,AVR,", "PSTI,036,"]
            .iter()
            .any(|vendors| body.starts_with(vendors));
    let xor = body.bytes().fold(0, |sum, b| sum ^ b);
    Some(read && (*end == b'\r' || *end == b'\n') && sum.len() == 2 && u8::from_str_radix(sum, 16) == Ok(xor))
}
